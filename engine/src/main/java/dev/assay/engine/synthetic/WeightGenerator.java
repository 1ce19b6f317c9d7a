package dev.assay.engine.synthetic;

import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Draws normal weights. Element i of a tensor depends on the seed, the tensor's name and i alone:
 * four elements share a 64-bit number, SplitMix64's (Steele, Lea and Flood 2014) at the position i
 * / 4 of a sequence that begins at a hash of seed and name, and each takes 16 of its bits to look a
 * quantile up.
 */
final class WeightGenerator {
  /** Goes into keys: another number where the same seed would give other weights. */
  static final int VERSION = 1;

  /** Of weights that are good for no more than times and sizes. */
  static final double DEVIATION = 0.02;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int CHUNK_BYTES = 4 << 20;
  private static final int GROUP = 4;

  private final DType dtype;
  private final long seed;
  private final int[] table;
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * @param dtype a floating type of 16 or 32 bits
   * @param deviation standard deviation of what is drawn
   */
  WeightGenerator(DType dtype, long seed, double deviation) {
    this.dtype = dtype;
    this.seed = seed;
    double[] quantiles = NormalQuantiles.all();
    this.table = new int[quantiles.length];
    for (int i = 0; i < table.length; i++) {
      table[i] = bits(dtype, (float) (quantiles[i] * deviation));
    }
  }

  /** One of the usual deviation. */
  WeightGenerator(DType dtype, long seed) {
    this(dtype, seed, DEVIATION);
  }

  /** Writes the elements of a drawn tensor. */
  void draw(String tensor, long elements, WritableByteChannel out) throws IOException {
    long position = start(tensor);
    long groups = elements / GROUP;
    chunk.clear();
    for (long group = 0; group < groups; group++) {
      position += GOLDEN;
      group(mix(position));
      if (!chunk.hasRemaining()) {
        flush(out);
      }
    }
    int rest = (int) (elements % GROUP);
    if (rest > 0) {
      group(mix(position + GOLDEN));
      chunk.position(chunk.position() - (GROUP - rest) * dtype.bytes());
    }
    flush(out);
  }

  /** Writes equal elements. */
  void fill(float value, long elements, WritableByteChannel out) throws IOException {
    int bits = bits(dtype, value);
    chunk.clear();
    for (long i = 0; i < elements; i++) {
      put(bits);
      if (!chunk.hasRemaining()) {
        flush(out);
      }
    }
    flush(out);
  }

  private void group(long random) {
    int a = table[(int) random & 0xFFFF];
    int b = table[(int) (random >>> 16) & 0xFFFF];
    int c = table[(int) (random >>> 32) & 0xFFFF];
    int d = table[(int) (random >>> 48)];
    if (dtype.bytes() == Short.BYTES) {
      chunk.putLong((long) d << 48 | (long) c << 32 | (long) b << 16 | a);
    } else {
      chunk.putLong((long) b << 32 | a & 0xFFFF_FFFFL).putLong((long) d << 32 | c & 0xFFFF_FFFFL);
    }
  }

  private void put(int bits) {
    if (dtype.bytes() == Short.BYTES) {
      chunk.putShort((short) bits);
    } else {
      chunk.putInt(bits);
    }
  }

  private void flush(WritableByteChannel out) throws IOException {
    chunk.flip();
    while (chunk.hasRemaining()) {
      out.write(chunk);
    }
    chunk.clear();
  }

  /** The bits of an element, without sign extension. */
  private static int bits(DType dtype, float value) {
    return switch (dtype) {
      case FLOAT32 -> Float.floatToRawIntBits(value);
      case FLOAT16 -> half(value);
      case BFLOAT16 -> {
        int bits = Float.floatToRawIntBits(value);
        // To the nearest, to even if between two.
        yield (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
      }
      default ->
          throw new IllegalArgumentException(
              "dtype: found " + dtype.label() + ", expected float32, float16 or bfloat16");
    };
  }

  /** To the nearest, to even if between two; for sizes below 65,504. */
  private static int half(float value) {
    double size = Math.abs((double) value);
    int exponent = Math.max(-14, Math.getExponent(size));
    int steps = (int) Math.rint(Math.scalb(size, 10 - exponent));
    // Below 1024 steps it is subnormal; 2048 carry into the exponent by themselves.
    int bits = steps < 1024 ? steps : (exponent + 15 << 10) + steps - 1024;
    return Float.floatToRawIntBits(value) >>> 31 << 15 | bits;
  }

  private long start(String tensor) {
    long hash = mix(seed + GOLDEN);
    for (byte next : tensor.getBytes(StandardCharsets.UTF_8)) {
      hash = mix(hash ^ next) + GOLDEN;
    }
    return hash;
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
