package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * A model is trained on a text.
 *
 * @param data the text
 * @param training how
 * @param lora products of two that alone are trained; null for the model's own values
 */
public record FinetuneParameters(
    @Default("{}") @Describe("the text that is learned from") WantedText data,
    @Default("{}") @Describe("how the model is trained") Training training,
    @Describe("train products of two beside linears alone; the model's own values if left out")
        @Nullable LoraPlan lora)
    implements Stage {
  public FinetuneParameters {
    LoraPlan.requireAlone(lora, training);
  }
}
