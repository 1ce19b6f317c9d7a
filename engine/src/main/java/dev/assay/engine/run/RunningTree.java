package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.LoadedModule;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import java.util.List;

/**
 * A tree of modules with its weights, ready to run. Holds native memory until it is closed.
 *
 * @param manager parent of what goes with it
 * @param module the root
 * @param none an empty tensor in place of an argument that is left out; says type and device too
 * @param linears all of them, the head first
 * @param productType type in which products of many rows are computed
 * @param table memory of the token vectors, of the stack that puts out
 * @param fused whether ops of our own do some of what stands between products
 * @param layersInOne how many layers one of them runs as a whole for one token
 * @param bytes native memory of all weights in the form in which they run
 */
record RunningTree(
    NDManager manager,
    LoadedModule module,
    NDArray none,
    List<RunnableLinear> linears,
    DType productType,
    TableMemory table,
    boolean fused,
    int layersInOne,
    long bytes)
    implements AutoCloseable {

  /** Builds a tree; the manager given to it owns the tensors until modules have loaded them. */
  interface Builder {
    Built build(NDManager owner);
  }

  /**
   * A tree before it is loaded.
   *
   * @param root with a method {@code load}
   * @param stacks what was read for it, that of the output first
   * @param moreBytes of weights beside those stacks
   */
  record Built(ModuleNode root, List<StackLoader.Loaded> stacks, long moreBytes) {
    Built {
      stacks = List.copyOf(stacks);
    }
  }

  static RunningTree load(TorchSession torch, Execution execution, Builder builder) {
    NDManager manager = torch.manager().newSubManager();
    try (NDManager loading = torch.manager().newSubManager()) {
      Built built = builder.build(loading);
      LoadedModule module = torch.module(built.root().object());
      module.load(built.root().tensors());
      return new RunningTree(
          manager,
          module,
          torch.tensors().zeros(manager, execution.dtype(), 0),
          built.stacks().stream().flatMap(stack -> stack.linears().stream()).toList(),
          built.stacks().get(0).productType(),
          built.stacks().get(0).table(),
          built.root().object().uses("fused"),
          TokenLayer.count(built.root().object()),
          built.moreBytes() + built.stacks().stream().mapToLong(StackLoader.Loaded::bytes).sum());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** The root. */
  ScriptModule script() {
    return module.script();
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }
}
