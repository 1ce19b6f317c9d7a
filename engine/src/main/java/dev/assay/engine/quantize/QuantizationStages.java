package dev.assay.engine.quantize;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that store weights with fewer bits. */
public final class QuantizationStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "awq",
            "Scale salient channels and clip ranges before rounding (arXiv 2306.00978)",
            AwqParameters.class,
            AwqMethod::new),
        new StageType<>(
            "cast",
            "Store the weights in another floating-point type",
            CastParameters.class,
            CastMethod::new),
        new StageType<>(
            "gptq",
            "Quantize column by column, later columns making up for the error (arXiv 2210.17323)",
            GptqParameters.class,
            GptqMethod::new),
        new StageType<>(
            "rtn",
            "Round weights to the nearest point of a uniform grid",
            RtnParameters.class,
            RtnMethod::new));
  }
}
