package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LayerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Linears whose inputs are rounded stand beside others whose inputs are not. */
class InputsBesideOthersTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fp8: {activations: token, targets: [self_attn.*]} then spqr: {targets: [mlp.*]}",
        "w8a8: {activations: tensor, targets: [self_attn.*]} then nf4: {targets: [mlp.*]}",
        "w8a8: {targets: [self_attn.*]} then llm-int8: {targets: [mlp.down_proj]}",
        "ternary: {layout: bitnet, targets: [self_attn.*]} then nf4: {targets: [mlp.*]}",
        "ternary: {layout: bitnet, targets: [self_attn.*]} then hqq: {targets: [mlp.*]}",
        // Of a group that reads one input.
        "w8a8: {targets: [self_attn.v_proj]} then gptq: {groupSize: 16, targets: ['self_attn.[qk]_proj']}",
        "fp8: {activations: token, targets: [self_attn.q_proj]} then awq: {groupSize: 16,"
            + " targets: ['self_attn.[kv]_proj']}",
      })
  void theyAreReadBackAsTheyWere(String stages) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    List<Step> steps = RecipeText.steps(directory, "[{" + stages.replace(" then ", "}, {") + "}]");
    Path target = directory.resolve("artifact");

    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                steps,
                List.of(fixture.ids(scope, "input_ids")),
                target,
                (stage, finished, layers) -> {});

    LayerSpec layer = new Families().architecture(Checkpoint.open(target)).main().layer(1);
    for (int stage = 0; stage < steps.size(); stage++) {
      boolean rounded = stage == 0 || steps.get(stage).stage().equals("llm-int8");
      outcomes.get(stage).linears().stream()
          .filter(each -> each.layer() == 1)
          .forEach(
              each ->
                  assertThat(layer.linear(each.linear()).input().rounds())
                      .as(each.linear())
                      .isEqualTo(rounded));
    }
  }
}
