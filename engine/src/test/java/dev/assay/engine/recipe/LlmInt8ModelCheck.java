package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.activation.LlmInt8Parameters;
import dev.assay.engine.quantize.activation.LlmInt8Parameters.OutlierWeights;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** LLM.int8() through a whole model, inputs as they come and rounded to float16. */
public final class LlmInt8ModelCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("llm-int8");
    try {
      Checkpoint source = Float32Copy.of(torch, golden.model(), directory.resolve("float32"));
      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      original.checkPerplexity("ppl_original");
      CompressedModel exact = model(torch, scope, golden, source, directory.resolve("half"), true);
      logits(scope, golden, exact, "last_logits_exact");
      // What the library computes has a constant that is 2e-5 too large.
      logits(scope, golden, exact, "last_logits");
      perplexity(golden, exact, "ppl_exact");
      perplexity(golden, exact, "ppl");
      double noise = Math.sqrt(exact.logits().sub(original.logits()).square().mean().getFloat());
      assertThat(noise).isCloseTo(golden.scalar("noise_rms"), withinPercentage(20));
      CompressedModel plain = model(torch, scope, golden, source, directory.resolve("as"), false);
      logits(scope, golden, plain, "last_logits_unrounded");
      perplexity(golden, plain, "ppl_unrounded");
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static CompressedModel model(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      Path target,
      boolean half) {
    double threshold = golden.parameter("threshold").doubleValue();
    Step step =
        new Step("llm-int8", new LlmInt8Parameters(threshold, OutlierWeights.ROUNDED, half));
    new Pipeline(torch, golden.model().architecture(), StageRegistry.load())
        .run(source, List.of(step), List.of(), target, (stage, finished, layers) -> {});
    return new CompressedModel(torch, scope, golden, Checkpoint.open(target));
  }

  private static void logits(
      NDManager scope, GoldenCase golden, CompressedModel model, String tensor) {
    NDArray difference = model.logits().get(":, -1").sub(golden.tensor(scope, tensor));
    assertThat((double) difference.abs().max().getFloat())
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance("last_logits_abs"));
    assertThat(Math.sqrt(difference.square().mean().getFloat()))
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance("last_logits_rms"));
  }

  private static void perplexity(GoldenCase golden, CompressedModel model, String scalar) {
    assertThat(model.perplexity())
        .as(scalar)
        .isCloseTo(golden.scalar(scalar), withinPercentage(100 * golden.tolerance("ppl_rel")));
  }
}
