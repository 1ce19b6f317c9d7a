package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.commons.io.FileUtils;

/** A stage through a whole model, against published code driven layer by layer. */
public final class ModelCheck implements GoldenCheck {
  private static final String WEIGHT = "weight:";

  /** Values of equal codes differ by their last bits at most, and so do sums over them. */
  private static final double SAME_CODE = 1e-5;

  /**
   * By what share noise and perplexity may differ where another processor has tipped a code over: a
   * single one changes what later linears make up for, and layers behind amplify it.
   */
  private static final double TIPPED = 0.1;

  private final String stage;
  private final Function<GoldenCase, Stage> parameters;
  private final boolean calibrated;
  private final Consumer<Checkpoint> also;

  /**
   * @param parameters of the stage, for a case
   */
  public ModelCheck(String stage, boolean calibrated, Function<GoldenCase, Stage> parameters) {
    this(stage, calibrated, parameters, artifact -> {});
  }

  /**
   * @param parameters of the stage, for a case
   * @param also checks what else the case says of the artifact
   */
  public ModelCheck(
      String stage,
      boolean calibrated,
      Function<GoldenCase, Stage> parameters,
      Consumer<Checkpoint> also) {
    this.stage = stage;
    this.calibrated = calibrated;
    this.also = also;
    this.parameters = parameters;
  }

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    ModelFixture fixture = golden.model();
    Path directory = Files.createTempDirectory(stage);
    try {
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      Path target = directory.resolve("artifact");
      List<LinearOutcome> outcomes =
          new Pipeline(torch, fixture.architecture(), StageRegistry.load())
              .run(
                  source,
                  List.of(new Step(stage, parameters.apply(golden))),
                  calibrated
                      ? Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")))
                      : List.of(),
                  target,
                  (stage, finished, layers) -> {})
              .get(0)
              .linears();
      assertThat(outcomes).allSatisfy(each -> assertThat(each.note()).isNull());
      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      CompressedModel compressed =
          new CompressedModel(torch, scope, golden, Checkpoint.open(target));
      checkWeights(scope, golden, compressed);
      also.accept(Checkpoint.open(target));
      original.checkPerplexity("ppl_original");
      double noise =
          Math.sqrt(compressed.logits().sub(original.logits()).square().mean().getFloat());
      if (calibrated && compressed.sumsOff("linears") > SAME_CODE) {
        double wanted = golden.scalar("noise_rms");
        compressed.checkPerplexity("ppl", TIPPED);
        compressed.checkLastLogits(
            "last_logits", Math.max(2 * wanted, golden.tolerance("last_logits_abs")));
        assertThat(noise / wanted).isCloseTo(1, within(TIPPED));
      } else {
        compressed.checkSums("linears", SAME_CODE);
        compressed.checkLastLogits("last_logits");
        compressed.checkPerplexity("ppl");
        assertThat(noise)
            .isCloseTo(golden.scalar("noise_rms"), within(golden.tolerance("last_logits_abs")));
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static void checkWeights(NDManager scope, GoldenCase golden, CompressedModel model) {
    for (String tensor : golden.tensors(WEIGHT)) {
      NDArray found = model.stored(tensor.substring(WEIGHT.length()));
      assertThat(Agreement.of(found, golden.tensor(scope, tensor)).equalFraction(SAME_CODE))
          .as(tensor)
          .isGreaterThanOrEqualTo(golden.tolerance("weights_equal_fraction_min"));
    }
  }
}
