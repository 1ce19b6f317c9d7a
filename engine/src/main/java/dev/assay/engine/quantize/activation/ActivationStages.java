package dev.assay.engine.quantize.activation;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that round weights and activations by published recipes. */
public final class ActivationStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "llm-int8",
            "Round weights and inputs to 8 bits but for outlier features (arXiv 2208.07339)",
            LlmInt8Parameters.class,
            LlmInt8Method::new));
  }
}
