package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.List;

/** Tables of the classes in {@code table.py}. */
final class TableModules {
  private TableModules() {}

  /** Codes on a grid. */
  static RunnableTable of(NDManager owner, KernelRuntime runtime, QuantizedWeight weight) {
    GridTensors grid = GridTensors.of(owner, runtime, List.of(weight));
    return table(
        "grid-rows",
        grid.into(module("GridEmbedding", runtime)),
        grid.bytes(),
        "int" + grid.bits() + " packed");
  }

  private static RunnableTable table(String kernel, ModuleNode module, long bytes, String packed) {
    return new RunnableTable(
        kernel, module, bytes, packed + ", rows dequantised as they are looked up");
  }

  private static ModuleNode module(String name, KernelRuntime runtime) {
    return new ModuleNode(ScriptClass.of(TableModules.class, "table." + name))
        .with("dtype", runtime.dtype().scriptCode());
  }
}
