package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the page beside an artifact says to those who want to load it elsewhere. */
class ArtifactCardTest extends TorchTest {
  private static final String ROUNDED = "Inputs are rounded as the key assay";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rtn: {bits: 4, groupSize: 32, symmetric: true} | Loaded by GPTQModel, transformers with it, vLLM, and Assay.
          rtn: {bits: 4, groupSize: 48, symmetric: true} | vLLM refuses a last group that is shorter than the others
          nf4: {} | Loaded by transformers with bitsandbytes, and Assay.
          llm-int8: {} | Loaded by transformers with bitsandbytes, and Assay.
          ternary: {layout: bitnet} | Loaded by transformers, and Assay.
          w8a8: {} | Loaded by transformers with compressed-tensors, and Assay.
          fp8: {share: block, blockShape: [32, 32], layout: scale-inv} | Other tools round inputs to E4M3 in groups
          """)
  void saysWhichToolsLoadIt(String stage, String said) throws IOException {
    assertThat(card(List.of(stage))).contains(said).doesNotContain(ROUNDED);
  }

  @Test
  void saysWhereInputsAreRoundedByAssayAlone() throws IOException {
    assertThat(card(List.of("rtn: {bits: 4, groupSize: 32}", "round-inputs: {bits: 8}")))
        .contains(ROUNDED, "model.layers.0.mlp.down_proj");
  }

  private String card(List<String> stages) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(directory, stages),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Files.readString(target.resolve("README.md"));
  }
}
