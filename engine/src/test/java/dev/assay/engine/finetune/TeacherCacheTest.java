package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.CalibrationSource;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teachers of which the most probable tokens are kept on disk. */
@Tag("slow")
class TeacherCacheTest extends TorchTest {
  private static final int LENGTH = 12;
  private static final String TRAINING =
      "training: {steps: 3, batch: 4, learningRate: 0.003, schedule: {kind: constant}, evaluation: {split: held, windows: 3, every: 2}}";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  /** Other weights than the student's, so that there is something to learn. */
  private Path teacher = Path.of("");

  @BeforeEach
  void begin() throws IOException {
    teacher = another("teacher", 0);
  }

  private static final class Texts implements CalibrationSource {
    private final Path kept;

    Texts(Path kept) {
      this.kept = kept;
    }

    @Override
    public List<long[]> of(Checkpoint model, ModelSpec spec) {
      return List.of();
    }

    @Override
    public TextSource texts(Checkpoint model, ModelSpec spec) {
      return wanted ->
          wanted.split().equals("held")
              ? windows(3, 2)
              : windows(20, wanted.dataset().equals("other") ? 9 : 1);
    }

    @Override
    public Optional<Path> teachers() {
      return Optional.of(kept);
    }
  }

  private static List<long[]> windows(int count, long seed) {
    Random random = new Random(seed);
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      windows.add(random.longs(LENGTH, 0, 200).toArray());
    }
    return windows;
  }

  private static Path student() {
    return ModelFixture.model("ref-7m");
  }

  /**
   * The student with its weights moved a little, and with rows of logits that no token has.
   *
   * @param padding how many of those
   */
  private Path another(String name, int padding) throws IOException {
    Path other = Files.createDirectory(directory.resolve(name));
    Checkpoint own = Checkpoint.open(student());
    Map<String, NDArray> tensors = new TreeMap<>();
    for (String tensor : own.names()) {
      NDArray values = own.tensor(torch, scope, tensor).toType(DataType.FLOAT32, true);
      NDArray moved = values.add(values.mul(7).sin().mul(0.05f));
      boolean padded = moved.getShape().get(0) == own.config().path("vocab_size").asLong();
      tensors.put(
          tensor,
          padded && padding > 0
              ? moved.concat(scope.ones(new Shape(padding, moved.getShape().get(1))), 0)
              : moved);
    }
    TensorFile.write(torch, other.resolve("model.safetensors"), tensors);
    ObjectNode config = own.config().deepCopy();
    config.put("vocab_size", config.path("vocab_size").asInt() + padding);
    config.put("torch_dtype", "float32");
    Files.write(other.resolve("config.json"), JSON.writeValueAsBytes(config));
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      if (Files.exists(student().resolve(file))) {
        Files.copy(student().resolve(file), other.resolve(file));
      }
    }
    return other;
  }

  private List<Step> steps(String loss, String more) throws IOException {
    return RecipeText.steps(
        directory,
        List.of(
            "distill: {teachers: [%s], loss: [%s], %s%s}"
                .formatted(teacher, loss, more, TRAINING)));
  }

  private JsonNode run(List<Step> steps, String target) {
    Checkpoint source = Checkpoint.open(student());
    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
            .run(
                source,
                steps,
                new Texts(directory.resolve("kept")),
                directory.resolve(target),
                (stage, finished, layers) -> {});
    return outcomes.get(0).said().path("training");
  }

  private static void requireClose(JsonNode found, JsonNode expected, String list) {
    JsonNode ours = found.path("log").path(list);
    JsonNode theirs = expected.path("log").path(list);
    assertThat(ours).hasSameSizeAs(theirs).isNotEmpty();
    for (int i = 0; i < ours.size(); i++) {
      double loss = theirs.get(i).path("loss").asDouble();
      assertThat(loss).isPositive();
      assertThat(ours.get(i).path("loss").asDouble()).isCloseTo(loss, within(1e-6 * (1 + loss)));
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("kept"))) {
      return files.filter(each -> each.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 1, true, 0", "16, 2, true, 0", "5, 1, false, 0"})
  void theLossIsThatOfATeacherThatRunsAlong(int k, double temperature, boolean tail, double beta)
      throws IOException {
    String keys = "tail: %s, beta: %s, temperature: %s".formatted(tail, beta, temperature);
    JsonNode live =
        run(
            steps("{top-k: {k: %d, %s}}, cross-entropy: {weight: 0.1}".formatted(k, keys), ""),
            "live");
    JsonNode cached =
        run(
            steps(
                "{cached-top-k: {%s}}, cross-entropy: {weight: 0.1}".formatted(keys),
                "cache: {k: %d}, ".formatted(k)),
            "cached");

    requireClose(cached, live, "steps");
    requireClose(cached, live, "looks");
  }

  /** Of more tokens than there are nothing is left over. */
  @Test
  void allTokensAreTheWholeDivergence() throws IOException {
    JsonNode cached = run(steps("cached-top-k: {temperature: 2}", "cache: {k: 100000}, "), "all");
    JsonNode live = run(steps("forward-kl: {temperature: 2}", ""), "live");
    double loss = live.path("log").path("steps").get(0).path("loss").asDouble();
    assertThat(cached.path("log").path("steps").get(0).path("loss").asDouble())
        .isCloseTo(loss, within(1e-5 * (1 + loss)));
  }

  @Test
  void aSecondRunFindsTheFileAndDoesNotReadTheTeacher() throws IOException {
    String hash = Checkpoint.open(teacher).sha256();
    // As recipes have it whose suite is planned.
    List<Step> steps =
        RecipeText.steps(
            directory,
            List.of(
                "distill: {teachers: [{model: %s, sha256: %s}], loss: [cached-top-k], cache: {k: 8}, %s}"
                    .formatted(teacher, hash, TRAINING)));
    JsonNode first = run(steps, "first");
    // As many bytes of anything else: what was read of it would be nonsense.
    Path weights = teacher.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0x7f);
    Files.write(weights, bytes);
    JsonNode second = run(steps, "second");

    assertThat(second.path("log").path("steps")).isEqualTo(first.path("log").path("steps"));
    assertThat(Checkpoint.open(directory.resolve("second")).sha256())
        .isEqualTo(Checkpoint.open(directory.resolve("first")).sha256());
    assertThat(first.path("notes")).hasSize(2);
    long size = files().stream().mapToLong(each -> each.toFile().length()).max().orElse(0);
    // Three steps of four windows, of twenty; 11 positions of 8 ids and logs and a tail.
    assertThat(size).isBetween(12 * 11 * (8 * 8 + 4L), 12 * 11 * (8 * 8 + 4L) + 1000);
    assertThat(first.path("notes").get(0).asText())
        .startsWith(
            "%s: its 8 most probable tokens at each scored position of 12 sequences are read from a file of %d bytes, made in "
                .formatted(teacher, size));
    assertThat(second.path("notes").get(0).asText()).endsWith("bytes, which was there");
    assertThat(second.path("notes").get(1).asText()).endsWith("bytes, which was there");
    assertThat(files()).hasSize(2);
    // One that is read is held to its hash.
    assertThatThrownBy(
            () ->
                run(
                    RecipeText.steps(
                        directory,
                        List.of(
                            "distill: {teachers: [{model: %s, sha256: %s}], training: {steps: 1, batch: 1}}"
                                .formatted(teacher, hash))),
                    "another"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("teachers: sha256: found")
        .hasMessageContaining("expected " + hash);
    double each = first.path("teacherFlops").asDouble();
    assertThat(second.path("teacherFlops").asDouble()).isEqualTo(each).isPositive();
  }

  @Test
  void anotherTeacherOrSettingIsAnotherFile() throws IOException {
    run(steps("cached-top-k", "cache: {k: 8}, "), "a");
    run(steps("cached-top-k: {temperature: 2}", "cache: {k: 8}, "), "b");
    run(steps("cached-top-k", "cache: {k: 9}, "), "c");
    teacher = student();
    run(steps("cached-top-k", "cache: {k: 9}, "), "d");
    assertThat(files()).hasSize(8);
    // What is held out is the same text.
    run(steps("cached-top-k", "cache: {k: 9}, data: {dataset: other}, "), "e");
    assertThat(files()).hasSize(9);
  }

  /** As models are padded: what no token has counts for nothing, live and kept. */
  @Test
  void rowsOfATeacherThatNoTokenHasAreLeftOut() throws IOException {
    teacher = another("padded", 8);
    JsonNode live = run(steps("top-k: {k: 16}", ""), "live");
    JsonNode cached = run(steps("cached-top-k", "cache: {k: 16}, "), "cached");
    requireClose(cached, live, "steps");
    int rows = Checkpoint.open(student()).config().path("vocab_size").asInt();
    assertThat(live.path("notes").get(0).asText())
        .contains("found %d rows of logits and %d in the student".formatted(rows + 8, rows));
    assertThat(cached.path("notes").get(0)).isEqualTo(live.path("notes").get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss: [cached-top-k] | found cached-top-k without cache, expected cache: {k: 64} beside it",
        "loss: [cached-top-k, hidden-mse], cache: {} | found hidden-mse with cache, expected cached-top-k, and terms that need no teacher",
        "loss: [reverse-kl], cache: {} | found reverse-kl with cache",
        "loss: [cross-entropy], cache: {} | found [], expected cached-top-k of one temperature",
        "loss: [cached-top-k, {cached-top-k: {temperature: 2}}], cache: {} | expected cached-top-k of one temperature",
        "loss: [cached-top-k], cache: {k: 0} | k: found 0, expected at least 1",
        "loss: [cached-top-k], teachers: [original, original], cache: {} | teachers: found 2 with cache, expected one"
      })
  void whatReadsMoreOfATeacherIsRefused(String keys, String message) {
    for (String stage : List.of("distill", "qat")) {
      assertThatThrownBy(
              () -> RecipeText.steps(directory, List.of("%s: {%s}".formatted(stage, keys))))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void stagesThatRoundTakeOneToo() throws IOException {
    List<Step> steps =
        RecipeText.steps(
            directory,
            List.of("qat: {groupSize: 16, loss: [cached-top-k], cache: {k: 8}, " + TRAINING + "}"));
    JsonNode said = run(steps, "qat");
    assertThat(said.path("log").path("steps")).hasSize(3);
    assertThat(said.path("notes").get(0).asText()).startsWith("original: its 8 most probable");
  }
}
