package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.ggml.BlockType;
import dev.assay.engine.weight.ggml.GgmlBlockWeight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights that stay packed have the values of the decoder of their blocks, to the last bit. */
class PackedBlocksTest extends TorchTest {
  /** More rows than are dequantised at once. */
  private static final int ROWS = 4_100;

  private static final int COLUMNS = 256;
  private static final String EMBEDDING = "model.embed_tokens";

  private static final Set<GgmlType> GRIDS = Set.of(GgmlType.Q4_0, GgmlType.Q5_0, GgmlType.Q8_0);

  /** Zeros, the least and the greatest numbers below the normal ones, extremes, and others. */
  private static final short[] HALVES = {
    0,
    (short) 0x8000,
    1,
    (short) 0x8001,
    0x3ff,
    (short) 0x83ff,
    0x7bff,
    (short) 0xfbff,
    0x2e66,
    (short) 0xb31c
  };

  @TempDir Path directory;

  static Stream<GgmlType> types() {
    return Arrays.stream(GgmlType.values()).filter(GgmlType::quantized);
  }

  /** Where a block has numbers in float16. */
  private static List<Integer> halves(GgmlType type) {
    return switch (type) {
      case Q4_1, Q5_1, Q4_K, Q5_K -> List.of(0, 2);
      case Q2_K -> List.of(80, 82);
      case Q3_K -> List.of(108);
      case Q6_K -> List.of(208);
      case TQ1_0 -> List.of(52);
      case TQ2_0 -> List.of(64);
      case MXFP4, NVFP4, Q8_K -> List.of();
      default -> List.of(0);
    };
  }

  private static byte[] blocks(GgmlType type) {
    byte[] bytes = new byte[ROWS * COLUMNS / type.blockValues() * type.blockBytes()];
    new Random(type.code()).nextBytes(bytes);
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int place = 0;
    for (int block = 0; block < bytes.length / type.blockBytes(); block++) {
      int at = block * type.blockBytes();
      for (int half : halves(type)) {
        view.putShort(at + half, HALVES[place++ % HALVES.length]);
      }
      if (type == GgmlType.Q8_K) {
        view.putFloat(at, new float[] {0, -0f, 1e-42f, -3.25f, 0.1f}[block % 5]);
      }
      if (type == GgmlType.MXFP4) {
        // Every power of two.
        view.put(at, (byte) block);
      }
      // An odd number for blocks that have two.
      place += block % HALVES.length == 0 ? 1 : 0;
    }
    return bytes;
  }

  private Checkpoint checkpoint(GgmlType type, byte[] blocks) throws IOException {
    byte[] file = RawGguf.tokenTable(type, ROWS, COLUMNS, blocks);
    return Checkpoint.open(Files.write(directory.resolve(type + ".gguf"), file));
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  @ParameterizedTest
  @MethodSource("types")
  void valuesAreTheDecodersToTheLastBit(GgmlType type) throws IOException {
    byte[] blocks = blocks(type);
    float[] expected = new float[ROWS * COLUMNS];
    type.decode(ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN), expected);

    StoredWeight weight = checkpoint(type, blocks).linear(torch, scope, EMBEDDING);

    assertThat(weight)
        .isInstanceOf(GRIDS.contains(type) ? QuantizedWeight.class : GgmlBlockWeight.class);
    assertThat(weight.format()).isEqualTo(type.name());
    assertThat(weight.storedBytes()).isEqualTo(blocks.length);
    assertThat(weight.bits()).isEqualTo(8.0 * type.blockBytes() / type.blockValues());
    assertThat(bits(weight.dequantize(torch, scope).toFloatArray())).isEqualTo(bits(expected));
  }

  @Test
  void everyTypeIsKnown() {
    for (GgmlType type : types().toList()) {
      if (!GRIDS.contains(type)) {
        BlockType packed = BlockType.valueOf(type.name());
        assertThat(packed.blockValues()).as(type.name()).isEqualTo(type.blockValues());
        assertThat(packed.blockBytes()).as(type.name()).isEqualTo(type.blockBytes());
      }
    }
  }

  /** Rows move whole, in whatever order, and come together again. */
  @Test
  void rowsArePartsOfTheWhole() throws IOException {
    GgmlBlockWeight weight =
        (GgmlBlockWeight)
            checkpoint(GgmlType.Q5_K, blocks(GgmlType.Q5_K)).linear(torch, scope, EMBEDDING);
    GgmlBlockWeight first = weight.rows(torch, scope, new long[] {7, 0, 2});
    GgmlBlockWeight second = weight.rows(torch, scope, new long[] {5});

    GgmlBlockWeight whole =
        first.joined(torch, scope, List.of(first, second), new long[] {3, 0, 2, 1});

    NDArray all = weight.dequantize(torch, scope);
    NDArray expected = all.get(scope.create(new long[] {0, 5, 2, 7}));
    assertThat(whole.storedBytes()).isEqualTo(4 * 176);
    assertThat(bits(whole.dequantize(torch, scope).toFloatArray()))
        .isEqualTo(bits(expected.toFloatArray()));
  }
}
