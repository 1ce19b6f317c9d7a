package dev.assay.engine.conditional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.assay.engine.cache.KvCacheParameters;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.EarlyExits.Confidence;
import dev.assay.engine.model.EarlyExits.Exit;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that tokens leave before their last layer. */
class EarlyExitTest extends TorchTest {
  private static final ModelFixture LLAMA = ModelFixture.of("llama");

  @TempDir Path directory;

  private static ModelSpec exiting(ModelSpec spec, double threshold) {
    List<Exit> exits =
        IntStream.range(1, spec.main().depth()).mapToObj(after -> new Exit(after, 0)).toList();
    EarlyExits everywhere = new EarlyExits(Confidence.SOFTMAX, threshold, exits, List.of());
    return spec.with(0, spec.main().with(everywhere));
  }

  private LanguageModel load(Checkpoint checkpoint, ModelSpec spec) {
    return LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()));
  }

  /** A score that about half of the tokens have at some exit. */
  private double middle(ModelFixture fixture, long[][] ids) {
    ExitTable table = new ExitTable(Confidence.SOFTMAX);
    try (LanguageModel model = load(fixture.checkpoint(), exiting(fixture.architecture(), 2))) {
      Arrays.stream(ids).forEach(row -> table.add(model.exiting().look(row)));
    }
    return table.thresholds(1).get(0) - 1e-5;
  }

  /** Logits of sequences whose tokens come one at a time. */
  private NDArray decoded(LanguageModel model, long[][] ids) {
    List<NDArray> tokens = new ArrayList<>();
    try (KvCache cache = model.newCache(ids.length, ids[0].length)) {
      for (int i = 0; i < ids[0].length; i++) {
        int at = i;
        long[][] one = Arrays.stream(ids).map(row -> new long[] {row[at]}).toArray(long[][]::new);
        tokens.add(model.logits(scope, one, cache));
      }
    }
    return NDArrays.concat(new NDList(tokens), 1);
  }

  @Test
  void whereNobodyLeavesAllIsAsItWas() {
    long[][] ids = LLAMA.ids(scope, "input_ids");
    try (LanguageModel plain = load(LLAMA.checkpoint(), LLAMA.architecture());
        LanguageModel model = load(LLAMA.checkpoint(), exiting(LLAMA.architecture(), 2))) {
      NDArray expected = plain.logits(scope, ids);

      assertThat(Agreement.of(model.logits(scope, ids), expected).greatestDifference()).isZero();
      assertThat(Agreement.of(decoded(model, ids), expected).greatestDifference()).isLessThan(1e-4);
      assertThat(model.exiting().layersUsed(ids[0]))
          .containsOnly(LLAMA.architecture().main().depth());
      assertThat(model.tokenLosses(ids)[0]).containsExactly(plain.tokenLosses(ids)[0]);
    }
  }

  @Test
  void whereAllLeaveAtOnceTheFirstLayersAreLeft() {
    long[][] ids = LLAMA.ids(scope, "input_ids");
    ModelSpec spec = LLAMA.architecture();
    ModelSpec first = spec.with(0, spec.main().with(spec.main().layers().subList(0, 1)));
    try (LanguageModel shorter = load(LLAMA.checkpoint(), first);
        LanguageModel model = load(LLAMA.checkpoint(), exiting(spec, 0))) {
      NDArray expected = shorter.logits(scope, ids);

      assertThat(Agreement.of(model.logits(scope, ids), expected).greatestDifference())
          .isLessThan(1e-5);
      assertThat(Agreement.of(decoded(model, ids), expected).greatestDifference()).isLessThan(1e-4);
      assertThat(model.exiting().layersUsed(ids[0])).containsOnly(1);
    }
  }

  /**
   * Tokens that come one at a time, and of two sequences at once, find in the layers that others
   * skipped the keys and values of what those left with, as those that are computed side by side
   * do.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "gpt2",
        "gptj",
        "gpt_neox",
        "phi3",
        "bloom",
        "mistral",
        "mixtral",
        "qwen2",
        "opt"
      })
  void decodingIsWhatPerplexityIsTakenOf(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] ids = fixture.ids(scope, "input_ids");
    double threshold = middle(fixture, ids);
    try (LanguageModel model =
        load(fixture.checkpoint(), exiting(fixture.architecture(), threshold))) {
      int depth = fixture.architecture().main().depth();
      List<Integer> used =
          Arrays.stream(ids)
              .flatMapToInt(row -> Arrays.stream(model.exiting().layersUsed(row)))
              .boxed()
              .toList();
      assertThat(used).contains(depth).anyMatch(layers -> layers < depth);

      NDArray expected = model.logits(scope, ids);

      assertThat(Agreement.of(decoded(model, ids), expected).greatestDifference()).isLessThan(1e-3);
    }
  }

  /** As it runs where weights are packed and ops of our own do what is between. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "kv"})
  void packedModelsDecodeTheSame(String cache) {
    long[][] ids = LLAMA.ids(scope, "input_ids");
    List<Step> steps = new ArrayList<>();
    steps.add(new Step("rtn", new RtnParameters(4, 16, false, false)));
    if (cache.equals("kv")) {
      steps.add(new Step("kv-cache", new KvCacheParameters(KvCacheParameters.Format.INT, 8, 8)));
    }
    steps.add(
        new Step("early-exit", new EarlyExitParameters(List.of(1), Confidence.MARGIN, 0.02, 0, 4)));
    Checkpoint artifact = run(LLAMA, "packed", steps.toArray(Step[]::new));
    ModelSpec spec = new Families().architecture(artifact);
    try (LanguageModel reference = load(artifact, spec);
        LanguageModel packed =
            LanguageModel.load(
                torch, artifact, spec, Execution.packed(torch.device(), DType.FLOAT32))) {
      assertThat(reference.exiting().layersUsed(ids[0])).contains(1).contains(spec.main().depth());
      NDArray expected = decoded(reference, ids);

      assertThat(Agreement.of(decoded(packed, ids), expected).greatestDifference())
          .isLessThan(1e-3);
    }
  }

  /** What the stage settles is what the artifact says, and keeps to the limit as it runs. */
  @Test
  void theThresholdIsSearched() {
    Checkpoint artifact = run(LLAMA, "searched", exit(null, 0.5));

    ModelSpec spec = new Families().architecture(artifact);
    EarlyExits exits = Objects.requireNonNull(spec.main().exits());
    assertThat(exits.curve()).hasSizeGreaterThan(4);
    long[][] ids = LLAMA.ids(scope, "input_ids");
    try (LanguageModel plain = load(artifact, LLAMA.architecture());
        LanguageModel model = load(artifact, spec)) {
      double full = perplexity(plain, ids);
      assertThat(perplexity(model, ids)).isLessThanOrEqualTo(1.5 * full * (1 + 1e-6));
      double layers =
          Arrays.stream(ids)
              .flatMapToInt(row -> Arrays.stream(model.exiting().layersUsed(row)))
              .average()
              .orElseThrow();
      assertThat(exits.meanLayers(spec.main().depth())).isCloseTo(layers, within(1e-9));
    }
    assertThat(artifact.config().path("assay").path("exits").get(0).path("measure").asText())
        .isEqualTo("softmax");
  }

  private static double perplexity(LanguageModel model, long[][] ids) {
    double sum = 0;
    int count = 0;
    for (long[] row : ids) {
      for (float loss : model.tokenLosses(new long[][] {row})[0]) {
        sum += loss;
        count++;
      }
    }
    return Math.exp(sum / count);
  }

  /** Two layers, one exit: every second token through both, the head once or twice. */
  @Test
  void whatATokenTakesIsCounted() {
    EarlyExits half = new EarlyExits(Confidence.SOFTMAX, 0.5, List.of(new Exit(1, 0.5)), List.of());

    assertThat(half.meanLayers(2)).isEqualTo(1.5);
    assertThat(half.meanHeads(2)).isEqualTo(1.5);
    ExitCost cost = new ExitCost(LLAMA.architecture().main());
    EarlyExits never = new EarlyExits(Confidence.SOFTMAX, 2, List.of(new Exit(1, 0)), List.of());
    double head =
        2.0
            * LLAMA.architecture().spec().vocabularySize()
            * LLAMA.architecture().spec().hiddenSize();
    assertThat(cost.of(never)).isEqualTo(cost.full() + head);
  }

  @Test
  void whatCannotBeIsRefused() {
    int depth = LLAMA.architecture().main().depth();
    assertThatThrownBy(() -> run(LLAMA, "deep", exit(List.of(depth), 0.1)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layers: found [%d], expected numbers below", depth);
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));
    assertThatThrownBy(() -> run(LLAMA, "behind", exit(null, 0.1), rtn))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("behind 'early-exit', expected that to be the last");
    assertThatThrownBy(() -> run(ModelFixture.of("t5"), "t5", exit(null, 0.1)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("does not continue text");
    assertThatThrownBy(() -> exit(List.of(2, 1), 0.1))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("rising");
    Checkpoint artifact = run(LLAMA, "once", exit(null, 0.5));
    assertThatThrownBy(
            () ->
                new Pipeline(torch, new Families().architecture(artifact), StageRegistry.load())
                    .run(
                        artifact,
                        List.of(rtn),
                        List.of(),
                        directory.resolve("twice"),
                        (stage, done, layers) -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokens leave before its last layer");
  }

  private static Step exit(@Nullable List<Integer> layers, double worse) {
    return new Step(
        "early-exit", new EarlyExitParameters(layers, Confidence.SOFTMAX, null, worse, 16));
  }

  private Checkpoint run(ModelFixture fixture, String name, Step... steps) {
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(steps),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            target,
            (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
