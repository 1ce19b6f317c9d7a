package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * TQ1_0 and TQ2_0: 256 values of −d, 0 or d. The greatest magnitude is d, so that only weights that
 * are ternary already are well kept.
 */
public final class TernaryBlocks {
  private static final int SIZE = SuperBlocks.SIZE;
  private static final int RUN = 32;

  private TernaryBlocks() {}

  /** 64 bytes of codes of two bits, d: d · (q − 1). */
  public static void twoBits(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at + 64));
    for (int i = 0; i < SIZE; i++) {
      int pairs = bytes.get(at + i / 128 * RUN + i % RUN);
      values[to + i] = scale * ((pairs >> i % 128 / RUN * 2 & 3) - 1);
    }
  }

  /** 48 bytes of five codes each, 4 of four, d. */
  public static void fives(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at + 52));
    for (int i = 0; i < SIZE; i++) {
      int power = 1;
      for (int place = place(i); place > 0; place--) {
        power *= 3;
      }
      int rest = (bytes.get(at + holder(i)) & 0xff) * power & 0xff;
      values[to + i] = scale * ((rest * 3 >> Byte.SIZE) - 1);
    }
  }

  /** Which byte holds a value: 32 of values 32 apart, 16 of values 16 apart, 4 of 4 apart. */
  private static int holder(int i) {
    return i < 160 ? i % 32 : i < 240 ? 32 + (i - 160) % 16 : 48 + (i - 240) % 4;
  }

  private static int place(int i) {
    return i < 160 ? i / 32 : i < 240 ? (i - 160) / 16 : (i - 240) / 4;
  }

  /** Codes of two bits. */
  public static void twoBits(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float scale = greatest(values, from);
    BitPlanes.putPairs(bytes, codes(values, from, scale));
    bytes.putShort(Half.fromFloat(scale));
  }

  /** Codes in base 3, five a byte, as fractions of 256 so that the first is read first. */
  public static void fives(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float scale = greatest(values, from);
    int[] codes = codes(values, from, scale);
    int[] numbers = new int[52];
    for (int i = 0; i < SIZE; i++) {
      numbers[holder(i)] = numbers[holder(i)] * 3 + codes[i];
    }
    for (int i = 0; i < numbers.length; i++) {
      int five = i < 48 ? numbers[i] : numbers[i] * 3;
      bytes.put((byte) ((five * 256 + 242) / 243));
    }
    bytes.putShort(Half.fromFloat(scale));
  }

  private static float greatest(float[] values, int from) {
    float greatest = 0;
    for (int i = from; i < from + SIZE; i++) {
      greatest = Math.max(greatest, Math.abs(values[i]));
    }
    return greatest;
  }

  private static int[] codes(float[] values, int from, float scale) {
    float inverse = scale == 0 ? 0 : 1 / scale;
    int[] codes = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      codes[i] = Rounding.halfAway(values[from + i] * inverse) + 1;
    }
    return codes;
  }
}
