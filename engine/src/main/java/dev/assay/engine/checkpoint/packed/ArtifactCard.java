package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** The page beside packed weights that says what they are and which tools load them. */
public final class ArtifactCard {
  private final WrittenQuantization written;
  private final LoaderObstacles obstacles;
  private final String family;

  private ArtifactCard(WrittenQuantization written, String family) {
    this.written = written;
    this.obstacles = new LoaderObstacles(written);
    this.family = family;
  }

  /**
   * The page of a checkpoint; nothing where all of it is dense, and other tools compute the same.
   *
   * @param written how each linear is stored
   * @param family the model's type
   */
  public static Optional<String> of(WrittenQuantization written, String family) {
    return new ArtifactCard(written, family).text();
  }

  private Optional<String> text() {
    Optional<Format> format = obstacles.said();
    SortedMap<String, String> notTaken = obstacles.tensors();
    SortedSet<String> unrounded = obstacles.unroundedInputs();
    if (format.isEmpty() && notTaken.isEmpty() && unrounded.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    lines.add(format.isEmpty() ? "# Checkpoint" : "# Quantized checkpoint");
    List<String> forms = forms();
    paragraph(lines, forms);
    paragraph(lines, notTaken.isEmpty() ? loaders(format) : notTaken(notTaken));
    paragraph(
        lines,
        names(
            unrounded,
            "Inputs are rounded as the key assay of config.json says, which only Assay does; other"
                + " tools do otherwise, and get other values:"));
    paragraph(
        lines,
        names(
            obstacles.otherwiseRoundedInputs(),
            "How inputs are rounded stands under the key assay of config.json too: %s, and get"
                    .formatted(LoaderRounding.OWN_RULE)
                + " other values:"));
    obstacles
        .roundings()
        .ifPresent(
            words ->
                paragraph(
                    lines,
                    List.of(
                        "Other tools %s, as nothing did here, and get other values."
                            .formatted(words))));
    paragraph(
        lines,
        names(
            written.wideScales(),
            "Scales in float32 that float16 rounds or does not hold; loaders that cast them to"
                + " float16 get other values:"));
    return Optional.of(String.join("\n", lines) + "\n");
  }

  private static void paragraph(List<String> lines, List<String> more) {
    if (!more.isEmpty()) {
      lines.add("");
      lines.addAll(more);
    }
  }

  private static List<String> names(Set<String> tensors, String what) {
    return tensors.isEmpty() ? List.of() : List.of(what + " " + String.join(", ", tensors));
  }

  /** What the linears are, a line for each kind. */
  private List<String> forms() {
    List<String> lines = new ArrayList<>();
    written.general().map(ArtifactCard::grids).ifPresent(lines::add);
    if (!written.others().isEmpty()) {
      lines.add("Otherwise, as config.json says: " + String.join(", ", written.others().keySet()));
    }
    List<String> compressed =
        written.compressed().values().stream().map(CompressedForm::format).distinct().toList();
    if (!compressed.isEmpty()) {
      lines.add("Linears in compressed-tensors' %s.".formatted(String.join(" and ", compressed)));
    }
    if (!written.codebooks().isEmpty()) {
      lines.add("Linears of 4-bit codes into a table, in bitsandbytes' layout.");
    }
    if (!written.bytes().isEmpty()) {
      lines.add("Linears of signed bytes, in bitsandbytes' layout of LLM.int8().");
    }
    if (!written.blockFloats().isEmpty()) {
      lines.add(
          "Linears of 8-bit floats under scales of blocks, as DeepSeek and transformers have them:"
              + " weight_scale_inv.");
    }
    return lines;
  }

  private static String grids(QuantizationConfig general) {
    return "Linears on %s grids of %d bits, %s, in the format %s."
        .formatted(
            general.symmetric() ? "symmetric" : "asymmetric",
            general.bits(),
            general.groupSize() < 0
                ? "a scale for each row"
                : "a scale for every " + general.groupSize() + " inputs",
            general.format().label());
  }

  private static List<String> notTaken(SortedMap<String, String> obstacles) {
    List<String> lines = new ArrayList<>();
    lines.add("Loaded by Assay only. Other tools do not take these tensors:");
    lines.add("");
    obstacles.forEach((name, why) -> lines.add("- `" + name + "`: " + why));
    return lines;
  }

  private List<String> loaders(Optional<Format> format) {
    return format.isEmpty()
        ? List.of("Loaded by tools that read dense weights, and Assay.")
        : List.of(
            FormatLoaders.note(tried(format.get()), family)
                .map(note -> "Loaded by Assay; " + note + ".")
                .orElseGet(() -> "Loaded by " + tools(format.get()) + "."));
  }

  /** Of compressed-tensors' layouts those of grids were tried on more families than the others. */
  private Format tried(Format format) {
    return format == Format.COMPRESSED_TENSORS && !written.compressed().isEmpty()
        ? Format.MICROSCALED
        : format;
  }

  /** Tools that load a form; see the table in docs/FORMATS.md. */
  private String tools(Format format) {
    return switch (format) {
      case GPTQ ->
          written.shortGroups().isEmpty()
              ? "GPTQModel, transformers with it, vLLM, and Assay"
              : "GPTQModel, transformers with it, and Assay; vLLM refuses a last group that is"
                  + " shorter than the others";
      case GPTQ_V2 ->
          "GPTQModel, transformers with it, and Assay; AutoGPTQ does not know this version of the"
              + " format";
      case AWQ, AWQ_GEMV -> "AutoAWQ, transformers with it, vLLM, and Assay";
      case COMPRESSED_TENSORS, INT_QUANTIZED, FLOAT_QUANTIZED, MICROSCALED ->
          written.packed().values().stream().allMatch(QuantizationConfig::symmetric)
              ? "transformers with compressed-tensors, and Assay"
              : "Assay, and tools that read asymmetric pack-quantized weights; transformers 5.24"
                  + " with compressed-tensors 0.20 does not";
      case BITSANDBYTES, BITSANDBYTES_INT8 -> "transformers with bitsandbytes, and Assay";
      case BLOCK_FP8, BITNET, BITNET_ONLINE -> "transformers, and Assay";
    };
  }
}
