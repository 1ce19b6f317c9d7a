package dev.assay.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.cache.KvCacheParameters.Format;
import dev.assay.engine.cache.KvQuantParameters.Source;
import dev.assay.engine.cache.StaticParameters.Share;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scheme of caches on every family, from the recipe to the tokens. */
@Tag("slow")
class CacheOnFamiliesTest extends TorchTest {
  private static final int TOKENS = 28;

  @TempDir Path directory;

  /** Logits with caches as they are, by family. */
  private final Map<String, NDArray> dense = new HashMap<>();

  /**
   * A recipe.
   *
   * @param most greatest share of the logits' spread by which they may move
   * @param apart greatest share of it by which a pass and single tokens may differ: sums in another
   *     order may tip a number over to the next code, of which few bits have wide ones
   */
  record Recipe(Step step, double most, double apart) {
    @Override
    public String toString() {
      return step.stage() + " " + step.parameters();
    }
  }

  private static Recipe recipe(String stage, Stage parameters, double most, double apart) {
    return new Recipe(new Step(stage, parameters), most, apart);
  }

  private static List<Recipe> recipes() {
    return List.of(
        recipe("kv-cache", new KvCacheParameters(Format.INT, 8, 8), 0.1, 5e-3),
        recipe("kv-cache", new KvCacheParameters(Format.INT, 4, 2), 1.5, 2e-2),
        recipe("kv-cache", new KvCacheParameters(Format.FP8, 8, 8), 0.3, 2e-2),
        recipe("kv-quarot", new QuarotParameters(8, 8, 1), 0.1, 5e-3),
        recipe("kv-quarot", new QuarotParameters(4, 2, 0.95), 1.5, 2e-2),
        recipe("kivi", new KiviParameters(8, 8, 8, 8), 0.1, 5e-3),
        recipe("kivi", new KiviParameters(2, 4, 8, 8), 1.5, 2e-2),
        recipe("kivi", new KiviParameters(4, 1, 8, 16), 1.5, 2e-2),
        recipe("kv-static", new StaticParameters(Format.FP8, 8, 8, Share.TENSOR, true), 0.3, 5e-2),
        recipe("kv-static", new StaticParameters(Format.INT, 8, 4, Share.HEAD, false), 1.5, 5e-2),
        recipe("kvquant", kvquant(4, 3, 0.05, 3, Source.K_MEANS), 1.0, 0.3),
        recipe("kvquant", kvquant(2, 4, 0, 0, Source.UNIFORM), 1.5, 0.3));
  }

  private static KvQuantParameters kvquant(
      int keyBits, int valueBits, double outliers, int exact, Source codebook) {
    return new KvQuantParameters(
        keyBits, valueBits, outliers, exact, codebook, codebook == Source.UNIFORM);
  }

  static Stream<Arguments> pairs() {
    return FamilyFixtures.CAUSAL.stream()
        // Its keys turn otherwise where the sequence is short.
        .filter(family -> !family.equals("phi3_longrope"))
        .flatMap(
            family ->
                recipes().stream()
                    .filter(recipe -> !isTooWide(family, recipe))
                    .map(recipe -> Arguments.of(family, recipe)));
  }

  /** Heads of 24 channels cannot be turned. */
  private static boolean isTooWide(String family, Recipe recipe) {
    return family.equals("mistral") && recipe.step().stage().equals("kv-quarot");
  }

  /** One token after the other reads what a pass over the whole text reads. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pairs")
  void tokensOneByOneReadWhatTheWholeTextReads(String family, Recipe recipe) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = compress(fixture, recipe.step());
    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.main().layers())
        .noneSatisfy(layer -> assertThat(layer.cache()).isInstanceOf(DenseCache.class));
    long[][] ids = {
      Arrays.copyOf(fixture.ids(scope, "input_ids")[0], TOKENS),
      Arrays.copyOf(fixture.ids(scope, "input_ids")[1], TOKENS)
    };
    Execution reference = Execution.reference(torch.device());
    NDArray original = dense.computeIfAbsent(family, name -> logits(fixture, ids));
    try (LanguageModel model = LanguageModel.load(torch, artifact, spec, reference);
        KvCache cache = model.newCache(2, TOKENS)) {
      NDArray whole = model.logits(scope, ids);
      double spread = rms(original.sub(original.mean()));
      assertThat(rms(whole.sub(original)) / spread).isGreaterThan(1e-5).isLessThan(recipe.most());
      // Twice, as what was there before must not show.
      for (int time = 0; time < 2; time++) {
        cache.truncate(0);
        for (int token = 0; token < TOKENS; token++) {
          NDArray one = model.logits(scope, new long[][] {{ids[0][token]}, {ids[1][token]}}, cache);
          NDArray wanted = whole.get(":, " + token);
          assertThat((double) one.flatten().sub(wanted.flatten()).abs().max().getFloat() / spread)
              .as("token " + token)
              .isLessThan(recipe.apart());
        }
      }
    }
  }

  private NDArray logits(ModelFixture fixture, long[][] ids) {
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(torch.device()))) {
      return model.logits(torch.manager(), ids);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "bert_seqcls"})
  void modelsThatRememberNothingAreRefused(String family) {
    assertThatThrownBy(
            () ->
                compress(ModelFixture.of(family), new Step("kivi", new KiviParameters(2, 2, 8, 8))))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "stage kivi: found no layer that remembers tokens, expected a model that continues"
                + " text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "t5"})
  void headsThatDoNotFitAreRefused(String family) {
    int width = family.equals("t5") ? 12 : 16;
    assertThatThrownBy(
            () ->
                compress(
                    ModelFixture.of(family), new Step("kivi", new KiviParameters(2, 2, 32, 32))))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "stage kivi: layer 0: cache: found heads of %d channels, expected a multiple of"
                    .formatted(width)
                + " groupSize, 32");
  }

  private Checkpoint compress(ModelFixture fixture, Step step) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(step),
            calibration(fixture),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }

  private static List<long[]> calibration(ModelFixture fixture) {
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    return Stream.generate(() -> random.longs(32, 0, vocabulary).toArray()).limit(8).toList();
  }

  private static double rms(NDArray values) {
    return Math.sqrt(values.square().mean().getFloat());
  }
}
