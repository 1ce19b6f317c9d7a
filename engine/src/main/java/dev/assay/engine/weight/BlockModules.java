package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;

/** Modules of the classes in {@code blocks.py}. */
final class BlockModules {
  private BlockModules() {}

  /** A module of a class, such as {@code PowerScales}. */
  static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(BlockModules.class, "blocks." + name));
  }

  /**
   * A linear of numbers of few bits in blocks, dequantised at each call.
   *
   * @param codes uint8 [out, in]
   * @param scales a {@code linear.Scales} of [out, blocks]
   * @param scaleBytes bytes that they take
   * @param format name of the weight's format
   */
  static RunnableLinear running(
      NDManager owner,
      KernelRuntime runtime,
      NDArray codes,
      ElementFormat element,
      int blockSize,
      ModuleNode scales,
      long scaleBytes,
      String format) {
    TorchSession torch = runtime.torch();
    NDArray stream = BitStream.pack(torch, owner, codes, element.bits());
    NDArray table = torch.tensors().copy(owner, Elements.table(owner, element));
    ModuleNode module =
        module("ElementLinear")
            .with("codes", stream)
            .with("table", table)
            .with("scales", scales)
            .with("bits", element.bits())
            .with("columns", codes.getShape().get(1))
            .with("size", blockSize);
    return new RunnableLinear(
        "blocks",
        module,
        codes.getShape().get(0),
        stream.getShape().size() + scaleBytes,
        false,
        format + ", dequantised at each call");
  }
}
