package dev.assay.engine.quantize;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.weight.Codebook;
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
            "awq-scales",
            "Scale salient channels, without rounding (arXiv 2306.00978)",
            AwqScalesParameters.class,
            AwqScalesMethod::new),
        new StageType<>(
            "binary",
            "Leave weights their signs, times the mean magnitude of a group",
            BinaryParameters.class,
            BinaryMethod::new),
        new StageType<>(
            "cast",
            "Store the weights in another floating-point type",
            CastParameters.class,
            CastMethod::new),
        new StageType<>(
            "fp4",
            "Round to a float of 4 bits, as bitsandbytes has it",
            CodebookParameters.class,
            parameters -> new CodebookMethod(Codebook.FP4, parameters)),
        new StageType<>(
            "fp8",
            "Round to floats of 8 bits (arXiv 2209.05433)",
            Fp8Parameters.class,
            Fp8Method::new),
        new StageType<>(
            "gptq",
            "Quantize column by column, later columns making up for the error (arXiv 2210.17323)",
            GptqParameters.class,
            GptqMethod::new),
        new StageType<>(
            "hqq",
            "Fit the zeros of groups to the weights alone, by half-quadratic splitting",
            HqqParameters.class,
            HqqMethod::new),
        new StageType<>(
            "nf4",
            "Round to the quantiles of a normal distribution, 4 bits (arXiv 2305.14314)",
            CodebookParameters.class,
            parameters -> new CodebookMethod(Codebook.NF4, parameters)),
        new StageType<>(
            "round-inputs",
            "Round what linears read to few bits, token by token (arXiv 2404.00456)",
            RoundInputsParameters.class,
            RoundInputsMethod::new),
        new StageType<>(
            "rtn",
            "Round weights to the nearest point of a uniform grid",
            RtnParameters.class,
            RtnMethod::new),
        new StageType<>(
            "smoothquant",
            "Move outliers of activations into weights, without rounding (arXiv 2211.10438)",
            SmoothQuantParameters.class,
            SmoothQuantMethod::new),
        new StageType<>(
            "stress-outliers",
            "Give activations outliers as large models have, without changing the function",
            StressOutliersParameters.class,
            StressOutliersMethod::new),
        new StageType<>(
            "ternary",
            "Leave weights a magnitude, its negative and 0 (arXiv 2402.17764)",
            TernaryParameters.class,
            TernaryMethod::new),
        new StageType<>(
            "w8a8",
            "Round weights and activations to 8 bits",
            W8A8Parameters.class,
            W8A8Method::new));
  }
}
