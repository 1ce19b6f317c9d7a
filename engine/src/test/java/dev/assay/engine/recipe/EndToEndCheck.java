package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Staying;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** A whole model compressed layer by layer, against the drivers of the published codes. */
public final class EndToEndCheck implements GoldenCheck {
  private static final String WEIGHT = "weight:";

  /** Values of equal codes differ by their last bits at most. */
  private static final double SAME_CODE = 1e-5;

  private static final int WINDOW = 64;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    ModelFixture fixture = golden.model();
    Path directory = Files.createTempDirectory("end-to-end");
    try {
      Path target = directory.resolve("artifact");
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(
              fixture.checkpoint(),
              List.of(PublishedRun.step(golden)),
              Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids"))),
              target,
              (stage, finished, layers) -> {});
      Checkpoint artifact = Checkpoint.open(target);
      checkPerplexity(torch, scope, golden, fixture.checkpoint(), "ppl_L64_uncompressed");
      checkPerplexity(torch, scope, golden, artifact, "ppl_L64");
      checkLogits(torch, scope, golden, artifact);
      checkWeights(torch, scope, golden, artifact);
      checkRuns(torch, scope, golden, artifact);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static void checkLogits(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint artifact) {
    try (LanguageModel model = load(torch, golden, artifact)) {
      NDArray logits =
          model.logits(scope, GoldenIds.rows(golden.input(scope, "ids_for_logits"))).get(":, -1");
      assertThat(Agreement.of(logits, golden.tensor(scope, "last_logits")).greatestDifference())
          .isLessThan(golden.tolerance("last_logits_abs"));
    }
  }

  private static void checkWeights(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint artifact) {
    for (String tensor : golden.tensors(WEIGHT)) {
      NDArray stored =
          artifact.linear(torch, scope, tensor.substring(WEIGHT.length())).dequantize(torch, scope);
      assertThat(Agreement.of(stored, golden.tensor(scope, tensor)).equalFraction(SAME_CODE))
          .as(tensor)
          .isGreaterThanOrEqualTo(golden.tolerance("weights_equal_fraction_min"));
    }
  }

  /** Whatever share of the weights equals the golden's, each run of inputs has its pattern. */
  private static void checkRuns(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint artifact) {
    PrunedShare share = PrunedShare.of(PublishedRun.step(golden)).orElse(null);
    if (share != null && share.sparsity() instanceof Sparsity.NofM pattern) {
      for (String tensor : golden.tensors(WEIGHT)) {
        String name = tensor.substring(WEIGHT.length());
        NDArray stored = artifact.linear(torch, scope, name).dequantize(torch, scope);
        assertThat(Staying.ofRuns(stored, pattern.m())).as(name).containsExactly(pattern.n());
      }
    }
  }

  private static void checkPerplexity(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint checkpoint,
      String scalar) {
    try (LanguageModel model = load(torch, golden, checkpoint)) {
      long[] ids = golden.input(scope, "ids_for_ppl").toLongArray();
      assertThat(perplexity(model, ids) / golden.scalar(scalar))
          .as(scalar)
          .isCloseTo(1, within(golden.tolerance("ppl_rel")));
    }
  }

  private static LanguageModel load(TorchSession torch, GoldenCase golden, Checkpoint checkpoint) {
    return LanguageModel.load(
        torch, checkpoint, golden.model().architecture(), Execution.reference(torch.device()));
  }

  private static double perplexity(LanguageModel model, long[] ids) {
    int windows = ids.length / WINDOW;
    double sum = 0;
    for (int w = 0; w < windows; w++) {
      long[] window = Arrays.copyOfRange(ids, w * WINDOW, (w + 1) * WINDOW);
      float[] losses = model.tokenLosses(new long[][] {window})[0];
      double mean = 0;
      for (float loss : losses) {
        mean += (double) loss / losses.length;
      }
      sum += mean;
    }
    return Math.exp(sum / windows);
  }
}
