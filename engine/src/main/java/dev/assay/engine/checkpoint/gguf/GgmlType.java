package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.torch.DType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tensor types of GGUF that Assay reads. Quantized ones come in blocks along a row.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The format</a>
 */
public enum GgmlType {
  F32(0, 1, 4, DType.FLOAT32, null, BlockEncoder::f32),
  F16(1, 1, 2, DType.FLOAT16, null, BlockEncoder::f16),
  Q4_0(2, SmallBlocks.SIZE, 18, DType.FLOAT32, SmallBlocks::q4Zero, BlockEncoder::q4Zero),
  Q4_1(3, SmallBlocks.SIZE, 20, DType.FLOAT32, SmallBlocks::q4One, null),
  Q5_0(6, SmallBlocks.SIZE, 22, DType.FLOAT32, SmallBlocks::q5Zero, null),
  Q5_1(7, SmallBlocks.SIZE, 24, DType.FLOAT32, SmallBlocks::q5One, null),
  Q8_0(8, SmallBlocks.SIZE, 34, DType.FLOAT32, SmallBlocks::q8Zero, BlockEncoder::q8Zero),
  Q2_K(10, SuperBlocks.SIZE, 84, DType.FLOAT32, SuperBlocks::q2, null),
  Q3_K(11, SuperBlocks.SIZE, 110, DType.FLOAT32, SuperBlocks::q3, null),
  Q4_K(12, SuperBlocks.SIZE, 144, DType.FLOAT32, SuperBlocks::q4, null),
  Q5_K(13, SuperBlocks.SIZE, 176, DType.FLOAT32, SuperBlocks::q5, null),
  Q6_K(14, SuperBlocks.SIZE, 210, DType.FLOAT32, SuperBlocks::q6, null),
  BF16(30, 1, 2, DType.BFLOAT16, null, null);

  private final int code;
  private final int blockValues;
  private final int blockBytes;
  private final DType loaded;

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final @Nullable BlockDecoder decoder;

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final @Nullable BlockEncoder encoder;

  GgmlType(
      int code,
      int blockValues,
      int blockBytes,
      DType loaded,
      @Nullable BlockDecoder decoder,
      @Nullable BlockEncoder encoder) {
    this.code = code;
    this.blockValues = blockValues;
    this.blockBytes = blockBytes;
    this.loaded = loaded;
    this.decoder = decoder;
    this.encoder = encoder;
  }

  /** The type of a number in a file, if Assay knows it. */
  static Optional<GgmlType> of(long code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  /** All types in words, for messages. */
  static String known() {
    return Arrays.stream(values())
        .map(type -> type.code + " (" + type.name() + ")")
        .collect(Collectors.joining(", "));
  }

  /** The number that stands for it in a file. */
  public int code() {
    return code;
  }

  /** Values a block; 1 where there are none. */
  public int blockValues() {
    return blockValues;
  }

  /** Bytes a block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** The element type after loading. */
  public DType loaded() {
    return loaded;
  }

  /** Whether it comes in blocks of codes. */
  public boolean quantized() {
    return decoder != null;
  }

  /**
   * The values of whole blocks.
   *
   * @param blocks little-endian, from its index 0
   * @param values as many as the blocks hold; a multiple of {@link #blockValues}
   * @throws IllegalStateException if the type is not quantized
   */
  public void decode(ByteBuffer blocks, float[] values) {
    if (decoder == null) {
      throw new IllegalStateException(this + " is not quantized");
    }
    for (int block = 0; block < values.length / blockValues; block++) {
      decoder.decode(blocks, block * blockBytes, values, block * blockValues);
    }
  }

  /** Whether {@link #encode} writes it. */
  public boolean writable() {
    return encoder != null;
  }

  /**
   * Values rounded to whole blocks.
   *
   * @param values a multiple of {@link #blockValues}
   * @param bytes little-endian; receives the blocks at its position
   * @throws IllegalStateException if Assay does not write the type
   */
  public void encode(float[] values, ByteBuffer bytes) {
    if (encoder == null) {
      throw new IllegalStateException(this + " is not written");
    }
    for (int from = 0; from < values.length; from += blockValues) {
      encoder.encode(values, from, bytes);
    }
  }
}
