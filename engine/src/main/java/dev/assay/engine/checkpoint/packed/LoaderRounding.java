package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.PerTokenInput;
import java.util.Optional;

/** What the loaders of a format do to inputs of packed linears without a key that says so. */
public final class LoaderRounding {
  private LoaderRounding() {}

  /** In words that follow "its loaders"; nothing where they leave inputs as they come. */
  public static Optional<String> words(Format format) {
    return switch (format) {
      case BITNET, BITNET_ONLINE -> Optional.of("round inputs to 8 bits by token");
      case BITSANDBYTES_INT8 ->
          Optional.of("round inputs to 8 bits by token but for features from a threshold on");
      case BLOCK_FP8 -> Optional.of("round inputs to E4M3 in groups as long as a block");
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

  /** Whether that is what a scheme does. */
  public static boolean does(Format format, InputScheme scheme) {
    return switch (format) {
      case BITNET, BITNET_ONLINE -> scheme.equals(PerTokenInput.BITNET);
      case BITSANDBYTES_INT8 -> scheme instanceof OutlierInput;
      case BLOCK_FP8 ->
          scheme instanceof GroupedInput groups
              && groups.each() instanceof FloatInput floats
              && floats.type() == DType.FLOAT8_E4M3;
      case GPTQ,
          GPTQ_V2,
          AWQ,
          AWQ_GEMV,
          COMPRESSED_TENSORS,
          INT_QUANTIZED,
          FLOAT_QUANTIZED,
          MICROSCALED,
          BITSANDBYTES ->
          false;
    };
  }
}
