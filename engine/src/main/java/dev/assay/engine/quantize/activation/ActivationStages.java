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
            LlmInt8Method::new),
        new StageType<>(
            "w4a8",
            "Round weights to 4 bits and inputs to 8, as torchao or QServe (arXiv 2405.04532)",
            W4A8Parameters.class,
            W4A8Method::new),
        new StageType<>(
            "zeroquant",
            "Round weights in groups and inputs by token, as DeepSpeed (arXiv 2206.01861)",
            ZeroQuantParameters.class,
            ZeroQuantMethod::new));
  }
}
