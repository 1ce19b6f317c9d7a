package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What targets and ignored patterns fit, and what is refused before a weight is read. */
class SelectionTest {
  private final ModelSpec llama = ModelFixture.of("llama").architecture();
  private final StageRegistry registry = StageRegistry.load();

  /** How many of the seven linears of the layers 0, 1 and 2 are selected. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "mlp.down_proj, 1, 1, 1",
    "*_proj, 7, 7, 7",
    "mlp.?p_proj, 1, 1, 1",
    "model.layers.1, 0, 7, 0",
    "layers.1, 0, 7, 0",
    "layers.[02], 7, 0, 7",
    "layers.[!0], 0, 7, 7",
    "layers.2.self_attn.*, 0, 0, 4",
    "model.layers.[01].mlp.down_proj, 1, 1, 0",
    "re:.*[.][12][.]mlp[.].*, 0, 3, 3",
    "re:model[.]layers[.]0, 7, 0, 0",
  })
  void fits(String pattern, int first, int second, int third) {
    Selection selection = new Selection(List.of(pattern), List.of());
    selection.requireFits(llama);

    assertThat(selection.of(llama.main(), 0)).hasSize(first);
    assertThat(selection.of(llama.main(), 1)).hasSize(second);
    assertThat(selection.of(llama.main(), 2)).hasSize(third);
    Selection others = new Selection(List.of(), List.of(pattern));
    assertThat(others.of(llama.main(), 0)).hasSize(7 - first);
  }

  @Test
  void whatIsUnknownIsAnErrorThatNamesWhatThereIs() {
    for (String pattern : List.of("layers.7", "mlp.up", "re:mlp.up_proj", "lm_head")) {
      Selection selection = new Selection(List.of("*", pattern), List.of());

      assertThatThrownBy(() -> selection.requireFits(llama))
          .as(pattern)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("found '" + pattern + "'")
          .hasMessageContaining("mlp.down_proj")
          .hasMessageContaining("model.layers.0 to model.layers.2")
          .hasMessageContaining("embedding or head");
    }
    assertThatThrownBy(() -> new Selection(List.of(), List.of("re:(")))
        .isInstanceOf(InvalidValueException.class);
  }

  @Test
  void aTiedHeadIsTheEmbedding() {
    ModelSpec gpt2 = ModelFixture.of("gpt2").architecture();

    refused(gpt2, new Step("rtn", rtn(), new Selection(List.of("head"), List.of())))
        .hasMessageContaining("found 'head', expected 'embedding'")
        .hasMessageContaining("transformer.wte");
  }

  @Test
  void whatAMethodCannotWorkOnIsRefusedWithLayerAndShape() {
    GptqParameters gptq = new GptqParameters(4, 16, false, false, false, false, 0.01, 128, false);
    refused(llama, new Step("gptq", gptq, new Selection(List.of("head"), List.of())))
        .hasMessageContaining("stage gptq: targets: found 'head'")
        .hasMessageContaining("rtn and hqq");
    refused(llama, new Step("magnitude", new MagnitudeParameters(Sparsity.parse("3:7"))))
        .hasMessageContaining("stage magnitude: model.layers.0.self_attn.q_proj")
        .hasMessageContaining("[64, 64]: found 64 columns, expected a multiple of 7")
        .hasMessageContaining("3:7");
  }

  @Test
  void anEmbeddingIsRoundedOnce() {
    Selection embedding = new Selection(List.of("embedding"), List.of());

    assertThatThrownBy(
            () ->
                new PipelineCheck(llama, registry)
                    .require(
                        List.of(
                            new Step("rtn", rtn(), embedding), new Step("rtn", rtn(), embedding))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.embed_tokens: found it selected by 'rtn'");
  }

  private static RtnParameters rtn() {
    return new RtnParameters(4, 16, false, false);
  }

  private AbstractThrowableAssert<?, ?> refused(ModelSpec spec, Step step) {
    return assertThatThrownBy(() -> new PipelineCheck(spec, registry).require(List.of(step)))
        .isInstanceOf(BadInputException.class);
  }
}
