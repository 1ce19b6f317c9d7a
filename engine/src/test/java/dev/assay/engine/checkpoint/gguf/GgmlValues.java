package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the bytes of a tensor stand for. */
final class GgmlValues {
  private GgmlValues() {}

  /**
   * @param bytes uint8, whole blocks
   */
  static float[] of(TorchSession torch, NDManager scope, GgmlType type, NDArray bytes) {
    if (!type.quantized()) {
      return torch.tensors().floats(torch.tensors().reinterpret(scope, bytes, type.loaded()));
    }
    byte[] blocks = bytes.toByteArray();
    float[] values = new float[blocks.length / type.blockBytes() * type.blockValues()];
    type.decode(ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN), values);
    return values;
  }
}
