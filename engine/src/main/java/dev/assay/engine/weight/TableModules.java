package dev.assay.engine.weight;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.Tensors;

/** Tables of token vectors of the classes in {@code table.py}. */
final class TableModules {
  private TableModules() {}

  /** A module of a class, such as {@code GridEmbedding}. */
  static ModuleNode module(String name, KernelRuntime runtime) {
    return module("table", name, runtime);
  }

  /** A module of a class in another script beside this one. */
  static ModuleNode module(String script, String name, KernelRuntime runtime) {
    return new ModuleNode(ScriptClass.of(TableModules.class, script + "." + name))
        .with("dtype", runtime.dtype().scriptCode());
  }

  /**
   * A table ready to run.
   *
   * @param kernel name of what looks up its rows
   * @param packed its form in words
   */
  static RunnableTable table(
      String kernel, ModuleNode module, String packed, KernelRuntime runtime) {
    Tensors tensors = runtime.torch().tensors();
    long bytes = module.tensors().values().stream().mapToLong(tensors::memory).sum();
    return new RunnableTable(
        kernel, module, bytes, packed + ", rows dequantised as they are looked up");
  }
}
