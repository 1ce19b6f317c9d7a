package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

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

  /** The values of a tensor of a file whose bytes are all there. */
  static float[] of(TorchSession torch, NDManager scope, GgufTensor tensor, byte[] file) {
    byte[] own = Arrays.copyOfRange(file, (int) tensor.begin(), (int) tensor.end());
    NDArray bytes = scope.create(ByteBuffer.wrap(own), new Shape(own.length), DataType.UINT8);
    return of(torch, scope, tensor.type(), bytes);
  }
}
