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
   * How far the sums of a weight may be off whose codes come of calibration: some lie so near to a
   * rounding boundary that the processor's instruction set decides, and what comes behind makes up
   * for them. Logits and perplexity are held to the golden's own tolerance.
   */
  private static final double FEW_CODES = 5e-3;

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
      compressed.checkLastLogits("last_logits");
      original.checkPerplexity("ppl_original");
      compressed.checkPerplexity("ppl");
      NDArray noise = compressed.logits().sub(original.logits());
      assertThat(Math.sqrt(noise.square().mean().getFloat()))
          .isCloseTo(golden.scalar("noise_rms"), within(golden.tolerance("last_logits_abs")));
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private void checkWeights(NDManager scope, GoldenCase golden, CompressedModel model) {
    for (String tensor : golden.tensors(WEIGHT)) {
      NDArray found = model.stored(tensor.substring(WEIGHT.length()));
      assertThat(Agreement.of(found, golden.tensor(scope, tensor)).equalFraction(SAME_CODE))
          .as(tensor)
          .isGreaterThanOrEqualTo(golden.tolerance("weights_equal_fraction_min"));
    }
    model.checkSums("linears", calibrated ? FEW_CODES : SAME_CODE);
  }
}
