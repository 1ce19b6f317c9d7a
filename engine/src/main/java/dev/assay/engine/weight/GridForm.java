package dev.assay.engine.weight;

/**
 * The form of a uniform grid.
 *
 * @param bits bits a code: 2, 3, 4 or 8; in the layout of compressed-tensors and in our own 1 to 8
 * @param groupSize columns that share a scale, or {@value #PER_CHANNEL} for one scale a row
 * @param symmetric whether the zero is 2^(bits − 1) everywhere
 * @param ordered whether column c belongs to group c / groupSize; not so after act-order
 * @param layout how codes are packed on disk
 */
public record GridForm(int bits, int groupSize, boolean symmetric, boolean ordered, Layout layout) {
  /** Group size that stands for one group a row. */
  public static final int PER_CHANNEL = -1;

  /** The published layouts of packed codes. */
  public enum Layout {
    /** Codes of consecutive inputs in a word; zeros of consecutive outputs. */
    GPTQ,
    /** Codes of eight interleaved outputs in a word; 4 bits only. */
    AWQ,
    /** GGUF's Q4_0, Q5_0 and Q8_0: scales and codes of 32 inputs side by side; symmetric. */
    GGUF,
    /** Codes of consecutive inputs in a word, row by row. */
    COMPRESSED_TENSORS,
    /** Bitsandbytes' signed bytes under one scale a row; symmetric. */
    INT8,
    /** BitNet's three values in fields of 2 bits, four rows a byte, under one scale of all. */
    BITNET,
    /** Our own, for zeros that are no whole numbers: codes as a stream of bits, row by row. */
    REAL_ZEROS;

    /** Whether it has a place for codes of so many bits. */
    public boolean packs(int bits) {
      return switch (this) {
        case GPTQ -> bits == 2 || bits == 3 || bits == 4 || bits == 8;
        case AWQ -> bits == 4;
        case GGUF -> bits == 4 || bits == 5 || bits == Byte.SIZE;
        case COMPRESSED_TENSORS, REAL_ZEROS -> bits >= 1 && bits <= Byte.SIZE;
        case INT8 -> bits == Byte.SIZE;
        case BITNET -> bits == 2;
      };
    }
  }

  public GridForm {
    boolean any = layout == Layout.COMPRESSED_TENSORS || layout == Layout.REAL_ZEROS;
    if (any && !layout.packs(bits)) {
      throw new IllegalArgumentException("bits: found " + bits + ", expected 1 to 8");
    }
    if (!any && !Layout.GPTQ.packs(bits) && !layout.packs(bits)) {
      throw new IllegalArgumentException("bits: found " + bits + ", expected 2, 3, 4 or 8");
    }
    if (groupSize < 1 && groupSize != PER_CHANNEL) {
      throw new IllegalArgumentException(
          "groupSize: found " + groupSize + ", expected at least 1, or -1 for one group a row");
    }
    if (layout == Layout.AWQ && (bits != 4 || !ordered)) {
      throw new IllegalArgumentException("the AWQ layout holds ordered groups of 4 bits only");
    }
    boolean blocks = layout.packs(bits) && groupSize == 32 && symmetric && ordered;
    if (layout == Layout.GGUF && !blocks) {
      throw new IllegalArgumentException(
          "the GGUF layout holds symmetric, ordered groups of 32 with 4, 5 or 8 bits only");
    }
    if (layout == Layout.BITNET && (bits != 2 || groupSize != PER_CHANNEL || symmetric)) {
      throw new IllegalArgumentException("BitNet's layout holds three values under one scale only");
    }
    if (layout == Layout.INT8 && (bits != Byte.SIZE || groupSize != PER_CHANNEL || !symmetric)) {
      throw new IllegalArgumentException(
          "the layout of signed bytes holds symmetric grids of 8 bits and a scale a row only");
    }
  }

  /**
   * In GPTQ's layout, or where that has no place for so many bits in that of compressed-tensors.
   */
  public static GridForm published(int bits, int groupSize, boolean symmetric, boolean ordered) {
    Layout layout = Layout.GPTQ.packs(bits) ? Layout.GPTQ : Layout.COMPRESSED_TENSORS;
    return new GridForm(bits, groupSize, symmetric, ordered, layout);
  }

  /** Bits and groups in a word, for example {@code int4 g128}; what GGUF calls it in its layout. */
  public String label() {
    if (layout == Layout.GGUF) {
      return "Q" + bits + "_0";
    }
    return "int" + bits + (groupSize == PER_CHANNEL ? " per row" : " g" + groupSize);
  }

  /** The same in another layout. */
  public GridForm in(Layout other) {
    return new GridForm(bits, groupSize, symmetric, ordered, other);
  }

  /** Bits a weight takes with its share of a scale in 16 bits and a zero, in long rows. */
  public static double bitsPerWeight(int bits, int groupSize) {
    return groupSize == PER_CHANNEL ? bits : bits + (16.0 + bits) / groupSize;
  }

  /** Highest code. */
  public int maxCode() {
    return (1 << bits) - 1;
  }

  /** Number of groups in a row of {@code inFeatures} columns; the last may be shorter. */
  public long groups(long inFeatures) {
    return groupSize == PER_CHANNEL ? 1 : (inFeatures + groupSize - 1) / groupSize;
  }

  /** Int32 [in]: the group of each column where groups are runs of columns in order. */
  public int[] groupsInOrder(long inFeatures) {
    int[] groups = new int[Math.toIntExact(inFeatures)];
    for (int column = 0; column < groups.length; column++) {
      groups[column] = groupSize == PER_CHANNEL ? 0 : column / groupSize;
    }
    return groups;
  }

  /** 32-bit words that hold a run of packed codes. */
  public long words(long codes) {
    return (codes * bits + Integer.SIZE - 1) / Integer.SIZE;
  }
}
