package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.checkpoint.gguf.block.BlockDecoder;
import dev.assay.engine.checkpoint.gguf.block.BlockEncoder;
import dev.assay.engine.checkpoint.gguf.block.FloatBlocks;
import dev.assay.engine.checkpoint.gguf.block.Half;
import dev.assay.engine.checkpoint.gguf.block.OffsetBlocks;
import dev.assay.engine.checkpoint.gguf.block.PlainValues;
import dev.assay.engine.checkpoint.gguf.block.SignedBlocks;
import dev.assay.engine.checkpoint.gguf.block.SmallBlockEncoders;
import dev.assay.engine.checkpoint.gguf.block.SmallBlocks;
import dev.assay.engine.checkpoint.gguf.block.SuperBlocks;
import dev.assay.engine.checkpoint.gguf.block.TableBlocks;
import dev.assay.engine.checkpoint.gguf.block.TernaryBlocks;
import dev.assay.engine.torch.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tensor types of GGUF that Assay reads and writes. Quantized ones come in blocks along a row.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The format</a>
 */
public enum GgmlType {
  F32(0, 1, 4, DType.FLOAT32, null, PlainValues::f32),
  F16(1, 1, 2, DType.FLOAT16, null, PlainValues::f16),
  Q4_0(2, SmallBlocks.SIZE, 18, SmallBlocks::q4Zero, SmallBlockEncoders::q4Zero),
  Q4_1(3, SmallBlocks.SIZE, 20, SmallBlocks::q4One, SmallBlockEncoders::q4One),
  Q5_0(6, SmallBlocks.SIZE, 22, SmallBlocks::q5Zero, SmallBlockEncoders::q5Zero),
  Q5_1(7, SmallBlocks.SIZE, 24, SmallBlocks::q5One, SmallBlockEncoders::q5One),
  Q8_0(8, SmallBlocks.SIZE, 34, SmallBlocks::q8Zero, SmallBlockEncoders::q8Zero),
  Q2_K(10, SuperBlocks.SIZE, 84, SuperBlocks::q2, OffsetBlocks::q2),
  Q3_K(11, SuperBlocks.SIZE, 110, SuperBlocks::q3, SignedBlocks::q3),
  Q4_K(12, SuperBlocks.SIZE, 144, SuperBlocks::q4, OffsetBlocks::q4),
  Q5_K(13, SuperBlocks.SIZE, 176, SuperBlocks::q5, OffsetBlocks::q5),
  Q6_K(14, SuperBlocks.SIZE, 210, SuperBlocks::q6, SignedBlocks::q6),
  /** What ggml rounds activations to; files have no such tensors. */
  Q8_K(15, SuperBlocks.SIZE, 292, SignedBlocks::q8, SignedBlocks::q8),
  IQ4_NL(20, SmallBlocks.SIZE, 18, TableBlocks::small, TableBlocks::small),
  IQ4_XS(23, SuperBlocks.SIZE, 136, TableBlocks::large, TableBlocks::large),
  BF16(30, 1, 2, DType.BFLOAT16, null, PlainValues::bf16),
  TQ1_0(34, SuperBlocks.SIZE, 54, TernaryBlocks::fives, TernaryBlocks::fives),
  TQ2_0(35, SuperBlocks.SIZE, 66, TernaryBlocks::twoBits, TernaryBlocks::twoBits),
  MXFP4(39, SmallBlocks.SIZE, 17, FloatBlocks::mx, FloatBlocks::mx),
  NVFP4(40, FloatBlocks.LARGE, 36, FloatBlocks::nv, FloatBlocks::nv);

  private final int code;
  private final int blockValues;
  private final int blockBytes;
  private final DType loaded;

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final @Nullable BlockDecoder decoder;

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final BlockEncoder encoder;

  GgmlType(int code, int blockValues, int blockBytes, BlockDecoder decoder, BlockEncoder encoder) {
    this(code, blockValues, blockBytes, DType.FLOAT32, decoder, encoder);
  }

  GgmlType(
      int code,
      int blockValues,
      int blockBytes,
      DType loaded,
      @Nullable BlockDecoder decoder,
      BlockEncoder encoder) {
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

  /**
   * The type for rows of so many values: itself, or where they are no whole blocks what llama.cpp
   * takes in its place.
   */
  public GgmlType forRows(long columns) {
    if (columns % blockValues == 0) {
      return this;
    }
    return switch (this) {
      case Q2_K, Q3_K, TQ1_0, TQ2_0 -> Q4_0.forRows(columns);
      case Q4_K -> Q5_0.forRows(columns);
      case Q5_K -> Q5_1.forRows(columns);
      case Q6_K -> Q8_0.forRows(columns);
      case IQ4_XS -> IQ4_NL.forRows(columns);
      default -> F16;
    };
  }

  /**
   * Whether values come back from it as they are.
   *
   * @param values a multiple of {@link #blockValues}
   */
  public boolean holds(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length / blockValues * blockBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    encode(values, bytes);
    float[] back = new float[values.length];
    for (int block = 0; block < values.length / blockValues; block++) {
      int at = block * blockBytes;
      switch (this) {
        case F32 -> back[block] = bytes.getFloat(at);
        case F16 -> back[block] = Half.toFloat(bytes.getShort(at));
        case BF16 -> back[block] = Float.intBitsToFloat(bytes.getShort(at) << Short.SIZE);
        default -> Objects.requireNonNull(decoder).decode(bytes, at, back, block * blockValues);
      }
    }
    for (int i = 0; i < values.length; i++) {
      if (back[i] != values[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * What stands for it in {@code general.file_type} of a file most of whose matrices are of it.
   *
   * @throws IllegalStateException for a type that no file is of
   */
  public int fileType() {
    return switch (this) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q8_0 -> 7;
      case Q5_0 -> 8;
      case Q5_1 -> 9;
      case Q2_K -> 10;
      case Q3_K -> 11;
      case Q4_K -> 14;
      case Q5_K -> 16;
      case Q6_K -> 18;
      case IQ4_NL -> 25;
      case IQ4_XS -> 30;
      case BF16 -> 32;
      case TQ1_0 -> 36;
      case TQ2_0 -> 37;
      case MXFP4 -> 38;
      case NVFP4 -> 39;
      case Q8_K -> throw new IllegalStateException("no file is of Q8_K");
    };
  }

  /** The types that files are written in. */
  public static List<GgmlType> ofFiles() {
    return Arrays.stream(values()).filter(type -> type != Q8_K).toList();
  }

  /**
   * Values rounded to whole blocks.
   *
   * @param values a multiple of {@link #blockValues}
   * @param bytes little-endian; receives the blocks at its position
   */
  public void encode(float[] values, ByteBuffer bytes) {
    encode(values, null, bytes);
  }

  /**
   * The same, with errors counted by how much each column matters.
   *
   * @param importance of the columns of a row, llama.cpp's importance matrix; null for none
   */
  public void encode(float[] values, float @Nullable [] importance, ByteBuffer bytes) {
    for (int from = 0; from < values.length; from += blockValues) {
      encoder.encode(values, from, importance, bytes);
    }
  }
}
