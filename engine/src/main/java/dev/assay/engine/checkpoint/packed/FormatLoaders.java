package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the tools of a packed format load models of a family, whatever the shapes; the table is
 * in docs/FORMATS.md.
 */
public enum FormatLoaders {
  /** The tool's list of models has the family, or a model of it was loaded and compared. */
  LOAD,
  /** Nobody has tried. */
  UNTRIED,
  /** The format packs modules of the class Linear, and the family's are of another. */
  REFUSE;

  private static final String GPT2 = "gpt2";

  /** In the lists of GPTQModel and AutoAWQ; GPT-2 is in the first one only. */
  private static final Set<String> LISTED =
      Set.of(
          "bloom",
          "falcon",
          "gemma2",
          "gpt_neox",
          "gptj",
          "llama",
          "mistral",
          "mixtral",
          "opt",
          "phi3",
          "qwen2",
          "qwen3");

  /** Those that tools/peers loaded. */
  private static final Set<String> COMPARED =
      Set.of("bloom", "gpt_neox", "gptj", "llama", "mistral", "mixtral", "opt", "phi3", "qwen2");

  /** The reference models'. */
  private static final Set<String> TRIED = Set.of("llama");

  /**
   * What the tools of a format do with a family.
   *
   * @param family the value of {@code model_type}
   */
  public static FormatLoaders of(Format format, String family) {
    return switch (format) {
      case GPTQ, GPTQ_V2 -> family.equals(GPT2) || LISTED.contains(family) ? LOAD : UNTRIED;
      case AWQ, AWQ_GEMV -> family.equals(GPT2) ? REFUSE : LISTED.contains(family) ? LOAD : UNTRIED;
      case COMPRESSED_TENSORS ->
          family.equals(GPT2) ? REFUSE : COMPARED.contains(family) ? LOAD : UNTRIED;
      case INT_QUANTIZED, FLOAT_QUANTIZED, MICROSCALED, BLOCK_FP8, BITNET, BITNET_ONLINE ->
          family.equals(GPT2) ? REFUSE : TRIED.contains(family) ? LOAD : UNTRIED;
      case BITSANDBYTES, BITSANDBYTES_INT8 -> TRIED.contains(family) ? LOAD : UNTRIED;
    };
  }

  /** What is to be said of a family in a format; nothing where its tools load it. */
  public static Optional<String> note(Format format, String family) {
    return switch (of(format, family)) {
      case LOAD -> Optional.empty();
      case UNTRIED ->
          Optional.of(
              "nobody has tried whether other tools load models of type '%s' in the format %s"
                  .formatted(family, format.label()));
      case REFUSE ->
          Optional.of(
              "read by Assay only: tools of the format %s look for the class Linear, models of"
                      .formatted(format.label())
                  + " type '%s' have Conv1D".formatted(family));
    };
  }
}
