package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.PerTokenInput;
import java.util.Optional;
import java.util.function.Predicate;

/** What the loaders of a format do to inputs of packed linears without a key that says so. */
public final class LoaderRounding {
  private LoaderRounding() {}

  /** In words, and the schemes that do the same. */
  private record Rounding(String words, Predicate<InputScheme> same) {}

  private static Optional<Rounding> of(Format format) {
    return switch (format) {
      case BITNET, BITNET_ONLINE ->
          Optional.of(
              new Rounding("round inputs to 8 bits by token", PerTokenInput.BITNET::equals));
      case BITSANDBYTES_INT8 ->
          Optional.of(
              new Rounding(
                  "round inputs to 8 bits by token but for features from a threshold on",
                  OutlierInput.class::isInstance));
      case BLOCK_FP8 ->
          Optional.of(
              new Rounding(
                  "round inputs to E4M3 in groups as long as a block",
                  scheme ->
                      scheme instanceof GroupedInput groups
                          && groups.each() instanceof FloatInput floats
                          && floats.type() == DType.FLOAT8_E4M3));
      case GPTQ,
          GPTQ_V2,
          AWQ,
          AWQ_GEMV,
          COMPRESSED_TENSORS,
          INT_QUANTIZED,
          FLOAT_QUANTIZED,
          MICROSCALED,
          BITSANDBYTES ->
          Optional.empty();
    };
  }

  /** In words that follow "its loaders"; nothing where they leave inputs as they come. */
  public static Optional<String> words(Format format) {
    return of(format).map(Rounding::words);
  }

  /** Whether that is what a scheme does. */
  public static boolean does(Format format, InputScheme scheme) {
    return of(format).filter(rounding -> rounding.same().test(scheme)).isPresent();
  }
}
