package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories that are incomplete or contradict themselves. */
class BadDirectoryTest extends TorchTest {
  private static final String X = "{'x': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}}";
  private static final String Y = X.replace("'x'", "'y'");

  @TempDir Path parent;
  private Path directory = Path.of("unset");

  /** Two shards, a with x and b with y. */
  @BeforeEach
  void write() throws IOException {
    directory = Files.createDirectory(parent.resolve("model"));
    Files.writeString(directory.resolve("config.json"), "{}");
    shard("a", X);
    shard("b", Y);
    index("{'x': 'a.safetensors', 'y': 'b.safetensors'}");
  }

  @Test
  void shardsAreRead() {
    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.names()).containsExactly("x", "y");
    assertThat(checkpoint.fileBytes()).isEqualTo(2L * (8 + X.length() + 4));
  }

  @Test
  void missingConfiguration() throws IOException {
    Files.delete(directory.resolve("config.json"));

    assertRefused("config.json: no such file");
  }

  @Test
  void adapters() throws IOException {
    Files.move(directory.resolve("config.json"), directory.resolve("adapter_config.json"));

    assertRefused("adapter_config.json: found an adapter of PEFT");
    assertRefused("merge it into its base model first");
  }

  @Test
  void missingDirectory() {
    assertThatThrownBy(() -> Checkpoint.open(parent.resolve("nowhere")))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("nowhere");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": | line 1, column",
        "[] | found ARRAY, expected a JSON object",
        "'' | found an empty file, expected JSON",
      })
  void configurationThatIsNone(String text, String message) throws IOException {
    Files.writeString(directory.resolve("config.json"), text);

    assertRefused("config.json: " + message);
  }

  @Test
  void noWeights() throws IOException {
    Files.delete(directory.resolve("model.safetensors.index.json"));

    assertRefused("found neither model.safetensors nor model.safetensors.index.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "3", "['a.safetensors']"})
  void indexWithoutTensors(String weightMap) throws IOException {
    index(weightMap);

    assertRefused("key weight_map: expected an object");
  }

  @Test
  void missingShard() throws IOException {
    Files.delete(directory.resolve("b.safetensors"));

    assertRefused("b.safetensors: no such file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "..\\\\outside.safetensors",
        "/etc/passwd",
        "sub/a.safetensors",
        "..",
        "",
        "a.bin",
      })
  void shardsBesideTheDirectory(String shard) throws IOException {
    RawCheckpoint.write(parent.resolve("outside.safetensors"), Y, RawCheckpoint.floats(1));
    index("{'x': 'a.safetensors', 'y': '" + shard + "'}");

    assertRefused("key weight_map.y: found \"" + shard + "\", expected the name of a .safetensors");
  }

  @Test
  void shardThatIsNoName() throws IOException {
    index("{'x': 'a.safetensors', 'y': 7}");

    assertRefused("key weight_map.y: found 7");
  }

  @Test
  void tensorMissingFromItsShard() throws IOException {
    index("{'x': 'a.safetensors', 'y': 'b.safetensors', 'z': 'b.safetensors'}");

    Checkpoint checkpoint = Checkpoint.open(directory);

    String missing = directory.resolve("b.safetensors") + ": tensor 'z' is missing";
    assertThat(checkpoint.notes()).singleElement().asString().startsWith(missing);
    assertThatThrownBy(() -> checkpoint.info("z"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageStartingWith(missing);
  }

  @Test
  void tensorInAnotherShard() throws IOException {
    index("{'x': 'b.safetensors', 'y': 'a.safetensors'}");

    assertRefused(
        "index.json: tensor 'x': found in "
            + directory.resolve("a.safetensors")
            + ", expected in b.safetensors");
  }

  @Test
  void tensorThatTheIndexDoesNotName() throws IOException {
    index("{'x': 'a.safetensors'}");
    String header =
        "{'x': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]},"
            + " 'z': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}}";
    RawCheckpoint.write(directory.resolve("a.safetensors"), header, RawCheckpoint.floats(1, 2));

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.names()).containsExactly("x");
    assertThat(checkpoint.notes())
        .containsExactly(
            directory.resolve("a.safetensors")
                + ": tensor 'z' belongs to nothing in the model; it is left out and counted"
                + " nowhere");
    assertThat(checkpoint.weightBytes()).isEqualTo(4);
    assertThat(checkpoint.parameters()).isEqualTo(1);
    assertThat(checkpoint.fileBytes()).isEqualTo(8 + header.length() + 4);
    assertThatThrownBy(() -> checkpoint.info("z"))
        .hasMessageContaining("tensor 'z' is there, but the index does not name it");
  }

  /** A stale copy: the index decides which of the two it is. */
  @ParameterizedTest
  @CsvSource({"a, b", "b, a"})
  void tensorInTwoShards(String named, String other) throws IOException {
    String both =
        X.replace("}}", "}, 'y': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}}");
    RawCheckpoint.write(
        directory.resolve(named + ".safetensors"), both, RawCheckpoint.floats(1, 2));
    shard(other, X);
    index(
        "{'y': '%1$s.safetensors', 'x': '%1$s.safetensors', 'z': '%2$s.safetensors'}"
            .formatted(named, other));

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.info("x").file()).isEqualTo(directory.resolve(named + ".safetensors"));
    assertThat(checkpoint.notes())
        .contains(
            directory.resolve(other + ".safetensors")
                + ": tensor 'x' is not the one that the index names; it is left out and counted"
                + " nowhere");
    assertThat(checkpoint.weightBytes()).isEqualTo(8);
  }

  /** Older code saved such buffers along; those that the index names are nothing to speak of. */
  @Test
  void bufferInBothShards() throws IOException {
    String buffer = "h.0.attn.bias";
    String more = "}, '" + buffer + "': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}}";
    for (String shard : List.of("a", "b")) {
      RawCheckpoint.write(
          directory.resolve(shard + ".safetensors"),
          (shard.equals("a") ? X : Y).replace("}}", more),
          RawCheckpoint.floats(1, 2));
    }

    Checkpoint unnamed = Checkpoint.open(directory);
    index("{'x': 'a.safetensors', 'y': 'b.safetensors', '" + buffer + "': 'b.safetensors'}");
    Checkpoint named = Checkpoint.open(directory);

    assertThat(unnamed.names()).containsExactly("x", "y");
    assertThat(unnamed.notes())
        .hasSize(2)
        .allMatch(note -> note.contains("tensor '" + buffer + "' belongs to nothing"));
    assertThat(named.names()).containsExactly("x", "y");
    assertThat(named.notes())
        .singleElement()
        .asString()
        .startsWith(directory.resolve("a.safetensors") + ": tensor '" + buffer + "' is not");
    assertThat(named.weightBytes()).isEqualTo(8);
  }

  @Test
  void tensorThatIsAskedForAndMissing() {
    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThatThrownBy(() -> checkpoint.tensor(torch, scope, "z"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessage(directory + ": tensor 'z' is missing");
    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "z"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessage(directory + ": tensor 'z.weight' is missing");
  }

  @Test
  void linearThatIsNoMatrix() throws IOException {
    shard("b", Y.replace("'y'", "'y.weight'"));
    index("{'x': 'a.safetensors', 'y.weight': 'b.safetensors'}");
    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "y"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("b.safetensors: tensor 'y.weight': found F32 (1), expected a");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message);
  }

  private void shard(String name, String header) throws IOException {
    RawCheckpoint.write(directory.resolve(name + ".safetensors"), header, RawCheckpoint.floats(1));
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        ("{'weight_map': " + weightMap + "}").replace('\'', '"'));
  }
}
