package dev.assay.harness.measure.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.cache.KiviParameters;
import dev.assay.engine.cache.KvCacheParameters;
import dev.assay.engine.cache.KvCacheParameters.Format;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory of caches by their tensors, and by arithmetic. */
class CacheMemoryMetricTest extends TorchTest {
  private static final int TOKENS = 32;

  /** Of llama's three layers with two heads of 16 numbers for keys and values. */
  private static final double NUMBERS = 3 * 2 * 2 * 16;

  @TempDir Path directory;

  private record Measured(double perToken, double peak, ContextMemory computed) {}

  private Measured measure(Step... steps) {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint checkpoint = fixture.checkpoint();
    if (steps.length > 0) {
      Path target = directory.resolve("artifact");
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(checkpoint, List.of(steps), List.of(), target, (stage, finished, layers) -> {});
      checkpoint = Checkpoint.open(target);
    }
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()))) {
      List<Measurement> found = new CacheMemoryMetric(TOKENS).measure(scope, model);
      assertThat(found)
          .extracting(Measurement::metric)
          .containsExactly(Metrics.CACHE_BYTES_PER_TOKEN, Metrics.CACHE_PEAK_IN_PREFILL);
      assertThat(found).extracting(Measurement::provenance).containsOnly(Provenance.MEASURED);
      Double perToken = found.get(0).value();
      Double peak = found.get(1).value();
      assertThat(perToken).isNotNull();
      assertThat(peak).isNotNull();
      return new Measured(perToken, peak, ContextMemory.of(model));
    }
  }

  @Test
  void aDenseCacheIsReadWhereItLies() {
    Measured dense = measure();

    assertThat(dense.perToken()).isEqualTo(NUMBERS * 4);
    assertThat(dense.computed().cache().perToken()).isEqualTo(NUMBERS * 4);
    assertThat(dense.peak()).isEqualTo(TOKENS * NUMBERS * 4);
  }

  @Test
  void aPackedCacheIsSmallAndReadWidened() {
    Measured packed = measure(new Step("kv-cache", new KvCacheParameters(Format.INT, 8, 8)));

    double perToken = NUMBERS * (1 + 4 / 16.0);
    assertThat(packed.perToken()).isEqualTo(perToken);
    assertThat(packed.computed().cache().perToken()).isEqualTo(perToken);
    // The keys and values of one of three layers in float32.
    assertThat(packed.peak()).isEqualTo(TOKENS * (perToken + NUMBERS / 3 * 4));
  }

  @Test
  void theNewestTokensInFullAreCounted() {
    Measured kivi = measure(new Step("kivi", new KiviParameters(2, 2, 8, 16)));

    double codes = NUMBERS * (2 / 8.0 + 2 * 4 / 8.0);
    assertThat(kivi.computed().cache().perToken()).isEqualTo(codes);
    assertThat(kivi.computed().cache().perSequence()).isEqualTo(16 * NUMBERS * 4);
    // All keys are rounded, and all values but the newest 16.
    assertThat(kivi.perToken() * TOKENS)
        .isEqualTo(codes / 2 * (TOKENS + TOKENS - 16) + 16 * NUMBERS * 4);
    // Which is more than a dense cache takes at this length.
    assertThat(kivi.peak()).isGreaterThan(TOKENS * NUMBERS * 4);
  }
}
