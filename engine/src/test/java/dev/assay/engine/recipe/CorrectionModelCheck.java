package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.lowrank.CorrectionCheck;
import dev.assay.engine.lowrank.EoraParameters;
import dev.assay.engine.lowrank.LqerParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;

/** A whole model that is rounded and corrected; of single weights {@link CorrectionCheck}. */
public final class CorrectionModelCheck implements GoldenCheck {
  private static final Pattern ROUNDED =
      Pattern.compile("rtn asymmetric (\\d) bits, groups of (\\d+) .*");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    if (!golden.name().startsWith("e2e_")) {
      new CorrectionCheck().check(torch, scope, golden);
      return;
    }
    ModelFixture fixture = golden.model();
    Path directory = Files.createTempDirectory("corrected");
    try {
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      List<long[]> samples = Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")));
      Pipeline pipeline = new Pipeline(torch, fixture.architecture(), StageRegistry.load());
      Step rounding = rounding(golden);
      Path first = directory.resolve("rounded");
      pipeline.run(source, List.of(rounding), samples, first, (stage, done, layers) -> {});
      Path both = directory.resolve("corrected");
      pipeline.run(
          source,
          List.of(rounding, correction(golden)),
          samples,
          both,
          (stage, done, layers) -> {});

      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      CompressedModel rounded = new CompressedModel(torch, scope, golden, Checkpoint.open(first));
      CompressedModel corrected = new CompressedModel(torch, scope, golden, Checkpoint.open(both));
      corrected.checkLastLogits("last_logits");
      corrected.checkPerplexity("ppl_L64");
      rounded.checkPerplexity("ppl_L64_quantized_only");
      original.checkPerplexity("ppl_L64_uncompressed");
      assertNoise(golden, "logits_mse", corrected, original);
      assertNoise(golden, "logits_mse_quantized_only", rounded, original);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static void assertNoise(
      GoldenCase golden, String scalar, CompressedModel found, CompressedModel original) {
    NDArray noise = found.logits().get(":, -1").sub(original.logits().get(":, -1"));
    assertThat(Math.sqrt(noise.square().mean().getFloat()))
        .as(scalar)
        .isCloseTo(Math.sqrt(golden.scalar(scalar)), within(golden.tolerance("last_logits_abs")));
  }

  private static Step rounding(GoldenCase golden) {
    Matcher words = ROUNDED.matcher(golden.parameter("quantizer").asText());
    assertThat(words.matches()).isTrue();
    return new Step(
        "rtn",
        new RtnParameters(
            Integer.parseInt(words.group(1)), Integer.parseInt(words.group(2)), false, false));
  }

  private static Step correction(GoldenCase golden) {
    int rank = golden.parameter("rank").intValue();
    return golden.algorithm().equals("eora")
        ? new Step("eora", new EoraParameters(rank, EoraParameters.Samples.FADING))
        : new Step("lqer", new LqerParameters(rank, true));
  }
}
