package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.AlgorithmCase;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.model.LanguageModel;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AWQ's scale search and folding on a real decoder layer with grouped queries. */
class AwqLlamaFixtureTest extends TorchTest {
  @TempDir Path directory;

  @Test
  void firstLayerAgreesWithThePublishedCode() {
    AlgorithmCase golden =
        AlgorithmCase.all("awq").stream()
            .filter(each -> each.name().equals("awq_llama_layer0"))
            .findFirst()
            .orElseThrow();
    ModelFixture fixture = ModelFixture.of("llama");
    long[][] ids = ids(golden);
    Path target = directory.resolve("awq");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(new Step("awq", new AwqParameters(4, 32, true, false, 20, false, 0.5, 512))),
            Arrays.asList(ids),
            target,
            (stage, finished, layers) -> {});

    Checkpoint artifact = Checkpoint.open(target);
    for (String norm : List.of("input_layernorm", "post_attention_layernorm")) {
      NDArray folded = artifact.tensor(torch, scope, "model.layers.0." + norm + ".weight");
      assertThat(Agreement.of(folded, golden.tensor(scope, norm)).greatestRelativeDifference())
          .as(norm)
          .isLessThanOrEqualTo(golden.tolerance("norm_rel"));
    }
    try (LanguageModel model =
        LanguageModel.load(torch, artifact, fixture.architecture(), Execution.REFERENCE)) {
      NDArray output = model.layer(scope, 0, model.embed(scope, Arrays.copyOf(ids, 2)));
      assertThat(
              Agreement.of(output, golden.tensor(scope, "layer_output_quantised"))
                  .greatestDifference())
          .isLessThanOrEqualTo(golden.tolerance("layer_output_quantised_abs"));
    }
  }

  private long[][] ids(AlgorithmCase golden) {
    NDArray ids = golden.tensor(scope, "input_ids");
    int length = (int) ids.getShape().get(1);
    long[] flat = ids.toLongArray();
    long[][] rows = new long[flat.length / length][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * length, (row + 1) * length);
    }
    return rows;
  }
}
