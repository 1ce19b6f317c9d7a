package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** AWQ's scale search and folding on a real decoder layer with grouped queries. */
public final class AwqLayerCheck implements GoldenCheck {
  private static final String LAYER = "model.layers.0.";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    long[][] ids = GoldenIds.rows(golden.tensor(scope, "input_ids"));
    ModelFixture fixture = golden.model();
    Path directory = Files.createTempDirectory("awq-layer");
    try {
      Path target = directory.resolve("artifact");
      AwqParameters parameters =
          new AwqParameters(
              golden.parameter("bits").intValue(),
              golden.parameter("group_size").intValue(),
              true,
              false,
              golden.parameter("n_grid").intValue(),
              false,
              false,
              0.5,
              512);
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(
              fixture.checkpoint(),
              List.of(new Step("awq", parameters)),
              Arrays.asList(ids),
              target,
              (stage, finished, layers) -> {});
      Checkpoint artifact = Checkpoint.open(target);
      checkNorm(torch, scope, golden, artifact, "input_layernorm", "q_proj+k_proj+v_proj");
      checkNorm(torch, scope, golden, artifact, "post_attention_layernorm", "gate_proj+up_proj");
      checkOutput(torch, scope, golden, artifact, Arrays.copyOf(ids, 2));
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  /** The norm in front of linears is divided by their scales. */
  private static void checkNorm(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint artifact,
      String norm,
      String linears) {
    String name = LAYER + norm + ".weight";
    NDArray folded = artifact.tensor(torch, scope, name);
    NDArray scales = golden.model().checkpoint().tensor(torch, scope, name).div(folded);
    assertThat(Agreement.of(folded, golden.tensor(scope, norm)).greatestRelativeDifference())
        .as(norm)
        .isLessThanOrEqualTo(golden.tolerance("norm_rel"));
    assertThat(
            Agreement.of(scales, golden.tensor(scope, "scales:" + linears))
                .greatestRelativeDifference())
        .as("scales of %s", linears)
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
  }

  private static void checkOutput(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint artifact, long[][] ids) {
    try (LanguageModel model =
        LanguageModel.load(
            torch, artifact, golden.model().architecture(), Execution.reference(torch.device()))) {
      NDArray output = model.layer(scope, 0, model.embed(scope, ids));
      assertThat(
              Agreement.of(output, golden.tensor(scope, "layer_output_quantised"))
                  .greatestDifference())
          .isLessThanOrEqualTo(golden.tolerance("layer_output_quantised_abs"));
    }
  }
}
