package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.KvCacheParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cache of fewer bits, from the recipe to the tokens. */
class RoundedCacheTest extends TorchTest {
  @TempDir Path directory;

  private Checkpoint compress(ModelFixture fixture, int keyBits, int valueBits) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(new Step("kv-cache", new KvCacheParameters(keyBits, valueBits))),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }

  /**
   * One token after the other sees what a pass over the whole text sees. Sums in another order may
   * tip a number over to the next code, of which a few bits have wide ones.
   */
  @ParameterizedTest
  @CsvSource({
    "llama, 8, 8, 0.02",
    "llama, 4, 2, 1.5",
    "mixtral, 8, 4, 0.6",
    "gpt2, 4, 4, 0.6",
    "gpt_neox, 2, 8, 1.5",
    "bloom, 8, 8, 0.02"
  })
  void tokensOneByOneSeeWhatTheWholeTextSees(
      String family, int keyBits, int valueBits, double most) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = compress(fixture, keyBits, valueBits);
    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.main().layers())
        .allSatisfy(
            layer ->
                assertThat(layer.cache()).isEqualTo(new CacheScheme.PerToken(keyBits, valueBits)));
    long[][] ids = {Arrays.copyOf(fixture.ids(scope, "input_ids")[0], 24)};
    Execution reference = Execution.reference(torch.device());
    NDArray dense;
    try (LanguageModel model =
        LanguageModel.load(torch, fixture.checkpoint(), fixture.architecture(), reference)) {
      dense = model.logits(scope, ids);
    }
    try (LanguageModel model = LanguageModel.load(torch, artifact, spec, reference);
        KvCache cache = model.newCache(1, 24)) {
      NDArray whole = model.logits(scope, ids);
      double spread = rms(dense.sub(dense.mean()));
      assertThat(rms(whole.sub(dense)) / spread).isGreaterThan(1e-5).isLessThan(most);
      model.logits(scope, new long[][] {Arrays.copyOf(ids[0], 10)}, cache);
      for (int token = 10; token < 24; token++) {
        NDArray one = model.logits(scope, new long[][] {{ids[0][token]}}, cache);
        NDArray wanted = whole.get("0, " + token);
        assertThat((double) one.flatten().sub(wanted).abs().max().getFloat() / spread)
            .as("token " + token)
            .isLessThan(keyBits == 8 && valueBits == 8 ? 1e-3 : 2e-2);
      }
    }
  }

  private static double rms(NDArray values) {
    return Math.sqrt(values.square().mean().getFloat());
  }

  @Test
  void codesFillWholeBytes() {
    CacheScheme scheme = new CacheScheme.PerToken(8, 2);

    assertThat(scheme.bytesPerElement(64, 2)).isEqualTo((1 + 0.25) / 2 + 4.0 / 64);
    assertThatThrownBy(() -> scheme.requireFits(6))
        .hasMessage("cache: found heads of 6 numbers of 2 bits, expected whole bytes");
    assertThatThrownBy(() -> new CacheScheme.PerToken(3, 8))
        .hasMessage("keyBits: found 3, expected one of [8, 4, 2]");
  }
}
