package dev.assay.engine.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticCheckpointTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @TempDir Path directory;

  private static ObjectNode config() throws IOException {
    return (ObjectNode)
        JSON.readTree(
            """
            {"model_type": "llama", "hidden_size": 96, "intermediate_size": 160,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
             "vocab_size": 1000, "max_position_embeddings": 128, "tie_word_embeddings": false}""");
  }

  private Checkpoint write(String name, DType dtype, long seed) throws IOException {
    Path target = directory.resolve(name);
    SyntheticCheckpoint.write(config(), dtype, seed, target, (tensors, all) -> {});
    return Checkpoint.open(target);
  }

  @Test
  void hasTheTensorsAndTheSizeOfItsConfiguration() throws Exception {
    List<Integer> progress = new ArrayList<>();
    SyntheticCheckpoint.write(
        config(),
        DType.FLOAT16,
        1,
        directory.resolve("a"),
        (tensors, all) -> progress.add(tensors));
    Checkpoint checkpoint = Checkpoint.open(directory.resolve("a"));

    long layer = 96 * 96 * 2 + 48 * 96 * 2 + 3 * 96 * 160 + 2 * 96;
    assertThat(checkpoint.parameters()).isEqualTo(2 * 96_000 + 2 * layer + 96);
    assertThat(checkpoint.weightBytes()).isEqualTo(2 * checkpoint.parameters());
    assertThat(checkpoint.names()).hasSize(2 * 9 + 3).contains("lm_head.weight");
    assertThat(checkpoint.config().path("torch_dtype").asText()).isEqualTo("float16");
    assertThat(progress).hasSize(21).isSorted().endsWith(21);
  }

  @Test
  void aSeedGivesTheSameBytesForEver() throws Exception {
    Checkpoint checkpoint = write("a", DType.FLOAT16, 1);

    assertThat(checkpoint.sha256()).isEqualTo(write("b", DType.FLOAT16, 1).sha256());
    assertThat(checkpoint.sha256()).isNotEqualTo(write("c", DType.FLOAT16, 2).sha256());
    assertThat(checkpoint.sha256())
        .as("as computed by a second implementation; figures of kept results depend on it")
        .isEqualTo("9732606930bc76c5d0e24822dfdd76785eb5908d3912117c6ce2ee6949782604");
  }

  @Test
  void tensorsDependOnNeitherOrderNorNeighbours() throws Exception {
    WeightGenerator generator = new WeightGenerator(DType.FLOAT16, 7);
    byte[] first = draw(generator, "a", 10_001);
    byte[] other = draw(generator, "b", 10_001);

    assertThat(draw(generator, "b", 10_001)).isEqualTo(other);
    assertThat(draw(new WeightGenerator(DType.FLOAT16, 7), "a", 10_001)).isEqualTo(first);
    assertThat(draw(generator, "a", 5_003)).isEqualTo(Arrays.copyOf(first, 2 * 5_003));
    assertThat(other).isNotEqualTo(first);
  }

  private static byte[] draw(WeightGenerator generator, String name, long elements)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    generator.draw(name, elements, Channels.newChannel(bytes));
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void weightsAreNormal(DType dtype) throws Exception {
    Checkpoint checkpoint = write("a", dtype, 3);
    double[] values = values(checkpoint.info(EMBEDDING));

    double mean = Arrays.stream(values).average().orElseThrow();
    double square = Arrays.stream(values).map(v -> v * v).average().orElseThrow();
    double fourth = Arrays.stream(values).map(v -> v * v * v * v).average().orElseThrow();
    long within = Arrays.stream(values).filter(v -> Math.abs(v) < 0.02).count();
    double neighbours = 0;
    for (int i = 1; i < values.length; i++) {
      neighbours += values[i] * values[i - 1];
    }

    assertThat(values).hasSize(96_000);
    assertThat(mean).isCloseTo(0, within(3e-4));
    assertThat(Math.sqrt(square)).isCloseTo(0.02, within(2e-4));
    assertThat(fourth / (square * square)).as("kurtosis").isCloseTo(3, within(0.08));
    assertThat((double) within / values.length).isCloseTo(0.6827, within(0.006));
    assertThat(neighbours / values.length / square).as("correlation").isCloseTo(0, within(0.015));
    assertThat(values(checkpoint.info("model.norm.weight"))).hasSize(96).containsOnly(1);
  }

  @Test
  void quantilesAreThoseOfTables() {
    double[] quantiles = NormalQuantiles.all();

    assertThat(quantiles).isSorted();
    assertThat((quantiles[(int) (0.975 * 65536)] + quantiles[(int) (0.975 * 65536) - 1]) / 2)
        .isCloseTo(1.959964, within(2e-4));
    assertThat(quantiles[65535]).isCloseTo(4.324919, within(1e-6));
    double square = Arrays.stream(quantiles).map(v -> v * v).average().orElseThrow();
    assertThat(Math.sqrt(square)).isCloseTo(0.99998986, within(1e-8));
  }

  @Test
  void keySaysWhatDecidesTheBytes() throws Exception {
    String key = SyntheticCheckpoint.key(config(), DType.FLOAT16, 1);
    JsonNode turned = JSON.readTree("{\"vocab_size\": 1, \"model_type\": \"llama\"}");
    JsonNode same = JSON.readTree("{\"model_type\": \"llama\", \"vocab_size\": 1}");

    assertThat(key).hasSize(64).isEqualTo(SyntheticCheckpoint.key(config(), DType.FLOAT16, 1));
    assertThat(key).isNotEqualTo(SyntheticCheckpoint.key(config(), DType.FLOAT16, 2));
    assertThat(key).isNotEqualTo(SyntheticCheckpoint.key(config(), DType.BFLOAT16, 1));
    assertThat(key).isNotEqualTo(SyntheticCheckpoint.key(config().put("x", 1), DType.FLOAT16, 1));
    assertThat(SyntheticCheckpoint.key(turned, DType.FLOAT16, 1))
        .isEqualTo(SyntheticCheckpoint.key(same, DType.FLOAT16, 1));
  }

  @Test
  void largerThanTheDiskIsRefusedAtOnce() throws Exception {
    ObjectNode huge =
        config().put("hidden_size", 1 << 20).put("vocab_size", 1 << 30).put("head_dim", 64);

    assertThatThrownBy(
            () ->
                SyntheticCheckpoint.write(
                    huge, DType.FLOAT16, 1, directory.resolve("a"), (tensors, all) -> {}))
        .hasMessageContaining("bytes free on the disk, expected");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void existingTargetAndUnknownFamilyAreRefused() throws Exception {
    write("a", DType.FLOAT16, 1);
    assertThatThrownBy(() -> write("a", DType.FLOAT16, 1))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("exists already");
    assertThatThrownBy(
            () ->
                SyntheticCheckpoint.write(
                    config().put("model_type", "unheard"),
                    DType.FLOAT16,
                    1,
                    directory.resolve("b"),
                    (tensors, all) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model_type: found 'unheard'");
    assertThat(Files.exists(directory.resolve("b"))).isFalse();
  }

  private static double[] values(TensorInfo tensor) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel in = FileChannel.open(tensor.file())) {
      while (bytes.hasRemaining()) {
        in.read(bytes, tensor.begin() + bytes.position());
      }
    }
    bytes.flip();
    double[] values = new double[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.dtype()) {
            case FLOAT32 -> bytes.getFloat();
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            default -> half(bytes.getShort());
          };
    }
    return values;
  }

  private static double half(short bits) {
    int exponent = bits >>> 10 & 31;
    int fraction = bits & 1023;
    double size =
        exponent == 0
            ? fraction * Math.pow(2, -24)
            : (1024 + fraction) * Math.pow(2, exponent - 25);
    return bits < 0 ? -size : size;
  }
}
