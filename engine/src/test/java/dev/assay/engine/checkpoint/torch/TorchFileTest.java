package dev.assay.engine.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Directories with pytorch_model.bin. */
class TorchFileTest extends TorchTest {
  @TempDir Path directory;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
  }

  /** Half precision, shapes of one and two axes: the same to the last bit, and the same hash. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "true, true"})
  void theSameAsSafetensors(boolean aligned, boolean zip64) throws IOException {
    Checkpoint safetensors = Checkpoint.open(Goldens.room("families").resolve("opt"));
    TorchFileWriter writer = new TorchFileWriter();
    for (String name : safetensors.names()) {
      TensorInfo info = safetensors.info(name);
      writer.tensor(
          name,
          info.dtype(),
          info.shape().getShape(),
          FileBytes.read(info.file(), info.begin(), info.end()));
    }
    Files.write(directory.resolve("pytorch_model.bin"), writer.bytes(aligned, zip64));

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.names()).isEqualTo(safetensors.names()).isNotEmpty();
    assertThat(checkpoint.sha256()).isEqualTo(safetensors.sha256());
    assertThat(checkpoint.parameters()).isEqualTo(safetensors.parameters());
    assertThat(checkpoint.weightBytes()).isEqualTo(safetensors.weightBytes());
    for (String name : checkpoint.names()) {
      float[] expected = torch.tensors().floats(safetensors.tensor(torch, scope, name));
      assertThat(torch.tensors().floats(checkpoint.tensor(torch, scope, name))).isEqualTo(expected);
      if (aligned) {
        assertThat(checkpoint.info(name).begin() % 64).isZero();
      }
    }
  }

  @Test
  void everyElementType() throws IOException {
    TorchFileWriter writer = new TorchFileWriter();
    for (DType type : DType.values()) {
      if (!type.label().startsWith("float8")) {
        writer.tensor(type.label(), type, new long[] {3}, new byte[3 * type.bytes()]);
      }
    }
    Files.write(directory.resolve("pytorch_model.bin"), writer.bytes(false, false));

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.names()).hasSize(10);
    for (String name : checkpoint.names()) {
      assertThat(checkpoint.info(name).dtype().label()).isEqualTo(name);
      assertThat(torch.tensors().typeOf(checkpoint.tensor(torch, scope, name)).label())
          .isEqualTo(name);
    }
  }

  /** Views of one storage, of which none is a copy. */
  @Test
  void sharedStorages() throws IOException {
    byte[] storage = RawCheckpoint.floats(0, 1, 2, 3, 4, 5);
    TorchFileWriter writer =
        new TorchFileWriter()
            .storage("s", storage)
            .view("embed", DType.FLOAT32, "s", 6, 0, new long[] {3, 2}, new long[] {2, 1})
            .view("head", DType.FLOAT32, "s", 6, 0, new long[] {3, 2}, new long[] {2, 1})
            .view("row", DType.FLOAT32, "s", 6, 4, new long[] {1, 2}, new long[] {9, 1})
            .view("scalar", DType.FLOAT32, "s", 6, 5, new long[0], new long[0])
            .view("none", DType.FLOAT32, "s", 6, 6, new long[] {0, 5}, new long[] {5, 1});
    Files.write(directory.resolve("pytorch_model.bin"), writer.bytes(true, false));

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.info("head").begin()).isEqualTo(checkpoint.info("embed").begin());
    assertThat(checkpoint.tensor(torch, scope, "head").toFloatArray())
        .containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(checkpoint.tensor(torch, scope, "row").toFloatArray()).containsExactly(4, 5);
    assertThat(checkpoint.tensor(torch, scope, "scalar").toFloatArray()).containsExactly(5);
    assertThat(checkpoint.tensor(torch, scope, "none").getShape()).isEqualTo(new Shape(0, 5));
  }

  @Test
  void shardsByTheirIndex() throws IOException {
    shard("pytorch_model-00001-of-00002.bin", "a", 1);
    shard("pytorch_model-00002-of-00002.bin", "b", 2);
    Files.writeString(
        directory.resolve("pytorch_model.bin.index.json"),
        """
        {"weight_map": {"a": "pytorch_model-00001-of-00002.bin",
                        "b": "pytorch_model-00002-of-00002.bin"}}""");

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.names()).containsExactly("a", "b");
    assertThat(checkpoint.tensor(torch, scope, "b").toFloatArray()).containsExactly(2);
  }

  @Test
  void safetensorsComeFirst() throws IOException {
    shard("pytorch_model.bin", "bin", 1);
    assertThat(Checkpoint.open(directory).names()).containsExactly("bin");

    RawCheckpoint.source(directory);

    assertThat(Checkpoint.open(directory).names()).containsExactly("x");
  }

  /** Beyond 4 GiB, where zip's own fields of 32 bits end. The file is a hole but for its ends. */
  @Test
  void filesOfMoreThanFourGigabytes() throws IOException {
    long hole = (4L << 30) + 64;
    byte[] pickle =
        new TorchFileWriter()
            .view("x", DType.FLOAT32, "x", 2, 0, new long[] {2}, new long[] {1})
            .pickle();
    byte[] data = RawCheckpoint.floats(1, 2);
    byte[] first = new ZipWriter(false, true).entry("m/data.pkl", pickle).bytes();
    Path file = directory.resolve("pytorch_model.bin");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      int local = 30 + "m/data.pkl".length() + pickle.length;
      out.write(ByteBuffer.wrap(first, 0, local));
      out.position(hole);
      byte[] second = new ZipWriter(false, true).entry("m/data/x", data).bytes();
      int secondLocal = 30 + "m/data/x".length() + data.length;
      out.write(ByteBuffer.wrap(second, 0, secondLocal));
      long directoryBegin = out.position();
      int centralFirst = first.length - local - 76 - 22;
      int centralSecond = second.length - secondLocal - 76 - 22;
      out.write(ByteBuffer.wrap(first, local, centralFirst));
      ByteBuffer entry = ByteBuffer.wrap(second, secondLocal, centralSecond).slice();
      entry.order(ByteOrder.LITTLE_ENDIAN).putLong(centralSecond - Long.BYTES, hole);
      out.write(entry);
      ByteBuffer end = ByteBuffer.wrap(first, first.length - 98, 98).slice();
      end.order(ByteOrder.LITTLE_ENDIAN)
          .putLong(24, 2)
          .putLong(32, 2)
          .putLong(40, centralFirst + centralSecond)
          .putLong(48, directoryBegin)
          .putLong(64, directoryBegin + centralFirst + centralSecond);
      out.write(end);
    }

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.info("x").begin()).isGreaterThan(hole);
    assertThat(checkpoint.tensor(torch, scope, "x").toFloatArray()).containsExactly(1, 2);
  }

  @Test
  void transposedViewsAreRefused() throws IOException {
    TorchFileWriter writer =
        new TorchFileWriter()
            .storage("s", new byte[24])
            .view("w", DType.FLOAT32, "s", 6, 0, new long[] {2, 3}, new long[] {1, 2});
    Path file = directory.resolve("pytorch_model.bin");
    Files.write(file, writer.bytes(true, false));

    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessage(
            file
                + ": tensor 'w': found strides [1, 2] for shape [2, 3], expected a contiguous"
                + " tensor; call contiguous() before torch.save");
  }

  private void shard(String name, String tensor, float value) throws IOException {
    byte[] bytes =
        new TorchFileWriter()
            .tensor(tensor, DType.FLOAT32, new long[] {1}, RawCheckpoint.floats(value))
            .bytes(true, false);
    Files.write(directory.resolve(name), bytes);
  }
}
