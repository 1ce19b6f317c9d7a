package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads tensors of one number without a tensor library. */
public final class SmallTensor {
  private static final int HALF_FRACTION = 10;
  private static final int HALF_BIAS = 15;

  private SmallTensor() {}

  /**
   * The number of a tensor that has one.
   *
   * @throws BadCheckpointException if it has more, or one that is not finite
   */
  public static double number(TensorInfo tensor) {
    if (tensor.elements() != 1) {
      throw bad(tensor, "found shape " + tensor.shape() + ", expected one element");
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(FileBytes.of(tensor, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    double number =
        switch (tensor.dtype()) {
          case FLOAT32 -> bytes.getFloat();
          case FLOAT64 -> bytes.getDouble();
          case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
          case FLOAT16 -> half(bytes.getShort());
          case INT8 -> bytes.get();
          case UINT8 -> Byte.toUnsignedInt(bytes.get());
          case INT32 -> bytes.getInt();
          case INT64 -> bytes.getLong();
          default -> throw bad(tensor, "found dtype " + tensor.dtype() + ", expected a number");
        };
    if (!Double.isFinite(number)) {
      throw bad(tensor, "found " + number + ", expected a finite number");
    }
    return number;
  }

  /** A number of 16 bits, of which 5 are exponent. */
  private static double half(short bits) {
    int exponent = bits >> HALF_FRACTION & 0x1f;
    int fraction = bits & (1 << HALF_FRACTION) - 1;
    double magnitude =
        exponent == 0x1f
            ? Double.NaN
            : exponent == 0
                ? Math.scalb((double) fraction, 1 - HALF_BIAS - HALF_FRACTION)
                : Math.scalb(
                    (double) (fraction | 1 << HALF_FRACTION), exponent - HALF_BIAS - HALF_FRACTION);
    return bits < 0 ? -magnitude : magnitude;
  }

  private static BadCheckpointException bad(TensorInfo tensor, String problem) {
    return new BadCheckpointException(
        tensor.file() + ": tensor '" + tensor.name() + "': " + problem);
  }
}
