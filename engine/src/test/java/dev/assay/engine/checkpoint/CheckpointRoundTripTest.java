package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors written and read again. */
class CheckpointRoundTripTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void everyTypeComesBackToTheBit(DType type) throws IOException {
    byte[] raw = new byte[15 * type.bytes()];
    new Random(3).nextBytes(raw);
    if (type == DType.BOOL) {
      for (int i = 0; i < raw.length; i++) {
        raw[i] &= 1;
      }
    }
    NDArray bytes = scope.create(ByteBuffer.wrap(raw), new Shape(raw.length), DataType.UINT8);
    NDArray flat = torch.tensors().reinterpret(scope, bytes, type);
    NDArray matrix = torch.tensors().slice(scope, flat, 0, new Shape(3, 5));
    Path target = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      // An odd number of bytes before, so that only sorting by width aligns the matrix.
      writer.put("a", torch.tensors().zeros(scope, DType.UINT8, 3));
      writer.put("matrix", matrix);
      writer.put("none", torch.tensors().zeros(scope, type, 0, 4));
      writer.put("scalar", torch.tensors().slice(scope, flat, 7, new Shape()));
      writer.finish(source(), "float32");
    }

    Checkpoint read = Checkpoint.open(target);

    assertThat(torch.tensors().bytes(read.tensor(torch, scope, "matrix")))
        .isEqualTo(ByteBuffer.wrap(raw));
    assertThat(torch.tensors().bytes(read.tensor(torch, scope, "scalar")))
        .isEqualTo(ByteBuffer.wrap(raw, 7 * type.bytes(), type.bytes()));
    assertThat(torch.tensors().typeOf(read.tensor(torch, scope, "none"))).isEqualTo(type);
    assertThat(read.tensor(torch, scope, "none").getShape()).isEqualTo(new Shape(0, 4));
    assertThat(read.tensor(torch, scope, "scalar").getShape()).isEqualTo(new Shape());
    assertThat(read.info("matrix").dtype()).isEqualTo(type);
    assertThat(read.info("matrix").begin() % type.bytes()).isZero();
  }

  @Test
  void tensorsThatTheFileDoesNotAlignAreRead() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(11).order(ByteOrder.LITTLE_ENDIAN);
    data.put(new byte[] {1, 2, 3}).putFloat(1.5f).putFloat(-2.5f);
    for (int padding = 0; padding < 4; padding++) {
      Path model = directory.resolve("model" + padding);
      RawCheckpoint.source(model);
      RawCheckpoint.write(
          model.resolve("model.safetensors"),
          "{'a': {'dtype': 'U8', 'shape': [3], 'data_offsets': [0, 3]},"
              + " 'x': {'dtype': 'F32', 'shape': [2, 1], 'data_offsets': [3, 11]}}"
              + " ".repeat(padding),
          data.array());

      NDArray x = Checkpoint.open(model).tensor(torch, scope, "x");

      assertThat(x.toFloatArray()).containsExactly(1.5f, -2.5f);
      assertThat(x.getShape()).isEqualTo(new Shape(2, 1));
    }
  }

  @Test
  void shardsHashLikeOneFile() throws IOException {
    Checkpoint source = Checkpoint.open(ModelFixture.model("ref-7m"));

    Checkpoint single = copy(source, "single", 1L << 40, source.names());
    Checkpoint sharded = copy(source, "sharded", 4L << 20, source.names());

    assertThat(single.sha256()).isEqualTo(source.sha256()).isEqualTo(sharded.sha256());
    assertThat(sharded.directory().resolve("model.safetensors.index.json")).exists();
    assertThat(sharded.fileBytes()).isGreaterThan(sharded.weightBytes());
    assertThat(single.weightBytes()).isEqualTo(sharded.weightBytes()).isEqualTo(2 * 6_819_072L);
    assertThat(single.directory().resolve("tokenizer.json"))
        .hasSameBinaryContentAs(source.directory().resolve("tokenizer.json"));
    assertThat(single.parameters()).isEqualTo(6_819_072);
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void hashDependsOnNamesTypesShapesAndBytes() throws IOException {
    String header = "{'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}}";
    byte[] data = RawCheckpoint.floats(1, 2);

    assertThat(
            List.of(
                hash(header, data),
                hash(header.replace("'x'", "'y'"), data),
                hash(header.replace("[2]", "[2, 1]"), data),
                hash(header.replace("F32", "I32"), data),
                hash(header, RawCheckpoint.floats(1, 3))))
        .doesNotHaveDuplicates();
  }

  @Test
  void bytesDoNotDependOnTheOrderOfWriting() throws IOException {
    Checkpoint source = Checkpoint.open(ModelFixture.model("ref-7m"));
    List<String> shuffled = new ArrayList<>(source.names());
    Collections.shuffle(shuffled, new Random(5));

    Path first = copy(source, "first", 4L << 20, source.names()).directory();
    Path second = copy(source, "second", 4L << 20, shuffled).directory();

    try (var files = Files.list(first)) {
      List<Path> all = files.toList();
      assertThat(all).hasSizeGreaterThan(5);
      for (Path file : all) {
        assertThat(second.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void shardsStayBelowTheirSize() throws IOException {
    Path target = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, 100)) {
      for (String name : List.of("a", "b", "c")) {
        writer.put(name, torch.tensors().zeros(scope, DType.UINT8, 45));
      }
      writer.put("d", torch.tensors().zeros(scope, DType.UINT8, 300));
      writer.put("e", torch.tensors().zeros(scope, DType.UINT8, 1));
      writer.finish(source(), "float32");
    }

    Checkpoint read = Checkpoint.open(target);

    assertThat(List.of("a", "b", "c", "d", "e").stream().map(name -> shard(read, name)))
        .containsExactly(
            "00001-of-00004",
            "00001-of-00004",
            "00002-of-00004",
            "00003-of-00004",
            "00004-of-00004");
    assertThat(
            JsonFiles.read(target.resolve("model.safetensors.index.json"))
                .at("/metadata/total_size")
                .asLong())
        .isEqualTo(436);
  }

  /** More than one piece of the writer's buffer. */
  @Test
  void largeTensorsComeBack() throws IOException {
    NDArray tensor = scope.arange(0, 9_000_000, 1).reshape(3_000_000, 3);
    Path target = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      writer.put("x", tensor);
      writer.finish(source(), "int32");
    }

    assertThat(Checkpoint.open(target).tensor(torch, scope, "x").contentEquals(tensor)).isTrue();
  }

  @Test
  void aNameIsWrittenOnce() throws IOException {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, directory.resolve("model"))) {
      writer.put("x", scope.zeros(new Shape(1)));

      assertThatThrownBy(() -> writer.put("x", scope.zeros(new Shape(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor 'x' is written twice");
    }
  }

  private static String shard(Checkpoint checkpoint, String name) {
    String file = String.valueOf(checkpoint.info(name).file().getFileName());
    return file.substring("model-".length(), file.length() - ".safetensors".length());
  }

  private String hash(String header, byte[] data) throws IOException {
    Path model = Files.createTempDirectory(directory, "hash");
    RawCheckpoint.source(model);
    RawCheckpoint.write(model.resolve("model.safetensors"), header, data);
    return Checkpoint.open(model).sha256();
  }

  private Checkpoint source() throws IOException {
    return RawCheckpoint.source(directory.resolve("source"));
  }

  private Checkpoint copy(Checkpoint source, String name, long shardBytes, Iterable<String> order) {
    Path target = directory.resolve(name);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, shardBytes)) {
      for (String tensor : order) {
        writer.put(tensor, source.tensor(torch, scope, tensor));
      }
      writer.finish(source, "float16");
    }
    return Checkpoint.open(target);
  }
}
