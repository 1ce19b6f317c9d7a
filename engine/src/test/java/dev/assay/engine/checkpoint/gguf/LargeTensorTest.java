package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tensor of more values than are decoded at once. */
class LargeTensorTest extends TorchTest {
  private static final int ROWS = 9_000;
  private static final int COLUMNS = 256;

  @TempDir Path directory;

  @Test
  void piecesFollowEachOther() throws IOException {
    GgmlType type = GgmlType.Q6_K;
    byte[] blocks = new byte[ROWS * type.blockBytes()];
    new Random(3).nextBytes(blocks);
    for (int row = 0; row < ROWS; row++) {
      // The scale, the last two bytes of a block: 0.125, so that no value is NaN.
      blocks[row * type.blockBytes() + 208] = 0;
      blocks[row * type.blockBytes() + 209] = 0x30;
    }
    byte[] file = RawGguf.tokenTable(type, ROWS, COLUMNS, blocks);
    Path path = Files.write(directory.resolve("model.gguf"), file);
    float[] expected = new float[ROWS * COLUMNS];
    type.decode(ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN), expected);

    NDArray tensor = Checkpoint.open(path).tensor(torch, scope, "model.embed_tokens.weight");

    assertThat(tensor.toFloatArray()).isEqualTo(expected);
  }
}
