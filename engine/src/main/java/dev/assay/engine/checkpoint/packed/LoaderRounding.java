package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.PlainInput;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What the loaders of a format do to inputs of packed linears without a key that says so. */
public final class LoaderRounding {
  /**
   * Where a configuration says on which grid inputs are rounded, but not how its scale is found.
   */
  public static final String OWN_RULE = "other tools find the scales by the format's own rule";

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

  /**
   * What is done though nothing asks for it: to inputs of packed linears that are to come as they
   * are; dense linears' do come so. In words that follow "its loaders", or nothing.
   *
   * @param inputs what is to be done to them, by the name of a linear
   * @param packed whether a linear is packed
   */
  public static Optional<String> unasked(
      Format format, Map<String, InputScheme> inputs, Predicate<String> packed) {
    return of(format)
        .filter(
            rounding ->
                inputs.entrySet().stream()
                    .anyMatch(
                        input ->
                            input.getValue() instanceof PlainInput && packed.test(input.getKey())))
        .map(Rounding::words);
  }

  /** Whether that is what a scheme does. */
  public static boolean does(Format format, InputScheme scheme) {
    return of(format).filter(rounding -> rounding.same().test(scheme)).isPresent();
  }
}
