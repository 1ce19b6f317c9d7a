package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** Codes of any width as one stream of bits a row, the first code in the lowest bits. */
public final class BitStream {
  private BitStream() {}

  /**
   * The stream.
   *
   * @param codes uint8 [rows, columns], 0 … 2^bits − 1
   * @return uint8 [rows, columns · bits / 8 rounded up]
   */
  public static NDArray pack(TorchSession torch, NDManager owner, NDArray codes, int bits) {
    return torch
        .script(BitStream.class, "packing.py")
        .call(owner, "pack_stream", codes, (long) bits);
  }

  /**
   * The codes of a stream.
   *
   * @throws IllegalArgumentException if it has another length
   */
  public static NDArray unpack(
      TorchSession torch, NDManager owner, NDArray packed, int bits, long columns) {
    long bytes = (columns * bits + Byte.SIZE - 1) / Byte.SIZE;
    if (bits < 1 || bits > Byte.SIZE || packed.getShape().get(1) != bytes) {
      throw new IllegalArgumentException(
          "codes: found %s, expected %d bytes a row, as %d columns of %d bits take"
              .formatted(packed.getShape(), bytes, columns, bits));
    }
    return torch
        .script(BitStream.class, "packing.py")
        .call(owner, "unpack_stream", packed, (long) bits, columns);
  }
}
