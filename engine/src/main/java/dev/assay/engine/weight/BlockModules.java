package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;

/**
 * Modules of numbers of few bits in blocks, dequantised at each call.
 *
 * @param codes uint8 [out, in]
 * @param element what they are codes of
 * @param blockSize columns of a block
 * @param scales a {@code linear.Scales} of [out, blocks]
 */
record BlockModules(NDArray codes, ElementFormat element, int blockSize, ModuleNode scales) {
  /** A module of a class in {@code blocks.py}, such as {@code PowerScales}. */
  static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(BlockModules.class, "blocks." + name));
  }

  /**
   * A linear of them.
   *
   * @param scaleBytes bytes that the scales take
   * @param format name of the weight's format
   */
  RunnableLinear running(NDManager owner, KernelRuntime runtime, long scaleBytes, String format) {
    NDArray stream = stream(owner, runtime);
    return new RunnableLinear(
        "blocks",
        into(module("ElementLinear"), owner, runtime, stream),
        codes.getShape().get(0),
        stream.getShape().size() + scaleBytes,
        false,
        format + ", dequantised at each call");
  }

  /**
   * A table of them.
   *
   * @param format name of the weight's format
   */
  RunnableTable table(NDManager owner, KernelRuntime runtime, String format) {
    ModuleNode module = TableModules.module("ElementEmbedding", runtime);
    return TableModules.table(
        "block-rows", into(module, owner, runtime, stream(owner, runtime)), format, runtime);
  }

  private NDArray stream(NDManager owner, KernelRuntime runtime) {
    return BitStream.pack(runtime.torch(), owner, codes, element.bits());
  }

  private ModuleNode into(
      ModuleNode module, NDManager owner, KernelRuntime runtime, NDArray stream) {
    TorchSession torch = runtime.torch();
    return module
        .with("codes", stream)
        .with("table", torch.tensors().copy(owner, Elements.table(owner, element)))
        .with("scales", scales)
        .with("bits", element.bits())
        .with("columns", codes.getShape().get(1))
        .with("size", blockSize);
  }
}
