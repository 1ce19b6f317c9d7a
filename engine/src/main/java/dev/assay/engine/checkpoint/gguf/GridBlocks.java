package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.checkpoint.gguf.block.Half;
import dev.assay.engine.checkpoint.gguf.block.SmallBlockCodes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The types of GGUF whose blocks are codes on a uniform grid. They hold a weight on another grid as
 * it is, to the last bit, where a block of theirs lies in one group, float16 holds the group's
 * scale, and they have all its levels: code − zero, which is what the scale multiplies. Types with
 * a minimum hold codes as they are, where float16 holds −scale · zero.
 */
public enum GridBlocks {
  TQ2_0(GgmlType.TQ2_0, -1, 1, false),
  Q4_0(GgmlType.Q4_0, -8, 7, false),
  Q4_1(GgmlType.Q4_1, 0, 15, true),
  Q5_0(GgmlType.Q5_0, -16, 15, false),
  Q5_1(GgmlType.Q5_1, 0, 31, true),
  Q8_0(GgmlType.Q8_0, -128, 127, false);

  private final GgmlType type;
  private final int least;
  private final int most;
  private final boolean minimum;

  GridBlocks(GgmlType type, int least, int most, boolean minimum) {
    this.type = type;
    this.least = least;
    this.most = most;
    this.minimum = minimum;
  }

  /** That of a type, if it is one. */
  public static Optional<GridBlocks> of(GgmlType type) {
    return Arrays.stream(values()).filter(each -> each.type == type).findFirst();
  }

  public GgmlType type() {
    return type;
  }

  /** Whether whole rows are blocks of the type. */
  public boolean holds(GridRows rows) {
    int size = type.blockValues();
    if (rows.columns() % size != 0) {
      return false;
    }
    for (int at = 0; at < rows.columns(); at += size) {
      int group = rows.groups()[at];
      for (int column = at + 1; column < at + size; column++) {
        if (rows.groups()[column] != group) {
          return false;
        }
      }
      for (int row = 0; row < rows.count(); row++) {
        if (!holds(rows, row, at)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean holds(GridRows rows, int row, int at) {
    float scale = rows.scale(row, at);
    int zero = rows.zero(row, at);
    if (!isHalf(scale) || (minimum && !isHalf(-(scale * zero)))) {
      return false;
    }
    int offset = minimum ? 0 : zero;
    for (int column = at; column < at + type.blockValues(); column++) {
      int level = rows.code(row, column) - offset;
      if (level < least || level > most) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHalf(float value) {
    return Float.isFinite(value) && Half.toFloat(Half.fromFloat(value)) == value;
  }

  /**
   * The blocks of rows that {@link #holds} is true of.
   *
   * @param bytes little-endian; receives the blocks at its position
   */
  public void encode(GridRows rows, ByteBuffer bytes) {
    int size = type.blockValues();
    int[] codes = new int[size];
    for (int row = 0; row < rows.count(); row++) {
      for (int at = 0; at < rows.columns(); at += size) {
        int offset = minimum ? 0 : rows.zero(row, at) + least;
        for (int i = 0; i < size; i++) {
          codes[i] = rows.code(row, at + i) - offset;
        }
        put(rows.scale(row, at), rows.zero(row, at), codes, bytes);
      }
    }
  }

  private void put(float scale, int zero, int[] codes, ByteBuffer bytes) {
    short d = Half.fromFloat(scale);
    if (this == TQ2_0) {
      SmallBlockCodes.putPairs(bytes, codes);
      bytes.putShort(d);
      return;
    }
    bytes.putShort(d);
    if (minimum) {
      bytes.putShort(Half.fromFloat(-(scale * zero)));
    }
    switch (this) {
      case Q5_0, Q5_1 -> SmallBlockCodes.putFiveBits(bytes, codes);
      case Q8_0 -> {
        for (int code : codes) {
          bytes.put((byte) (code + least));
        }
      }
      default -> SmallBlockCodes.putNibbles(bytes, codes);
    }
  }
}
