package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** The page beside packed weights that says what they are and which tools load them. */
public final class ArtifactCard {
  /** What is known of tools that read weights without zeros. */
  public static final String SPARSE =
      "compressed-tensors 0.9 and 0.10 have this layout, later versions have given it up";

  private final WrittenQuantization written;
  private final LoaderObstacles obstacles;
  private final PassedOver passedOver;
  private final String family;

  private ArtifactCard(WrittenQuantization written, String family, JsonNode section) {
    this.written = written;
    this.obstacles = new LoaderObstacles(written);
    this.passedOver = new PassedOver(section, written);
    this.family = family;
  }

  /**
   * The page of a checkpoint; nothing where all of it is dense, and other tools compute the same.
   *
   * @param written how each linear is stored
   * @param family the model's type
   * @param section the object {@code assay} of the configuration; a missing node where there is
   *     none
   */
  public static Optional<String> of(WrittenQuantization written, String family, JsonNode section) {
    return new ArtifactCard(written, family, section).text();
  }

  private Optional<String> text() {
    Optional<Format> format = obstacles.said();
    SortedMap<String, String> notTaken = obstacles.tensors();
    SortedSet<String> unrounded = obstacles.unroundedInputs();
    boolean same =
        notTaken.isEmpty()
            && unrounded.isEmpty()
            && passedOver.obstacles().isEmpty()
            && !passedOver.inputs()
            && !passedOver.caches();
    if (format.isEmpty() && same && written.sparse().isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    lines.add(format.isEmpty() ? "# Checkpoint" : "# Quantized checkpoint");
    List<String> forms = forms();
    paragraph(lines, forms);
    boolean loaded = notTaken.isEmpty() && passedOver.obstacles().isEmpty();
    paragraph(lines, loaded ? loaders(format) : List.of("Loaded by Assay only."));
    paragraph(lines, list("Other tools do not take these tensors:", notTaken));
    paragraph(
        lines,
        list(
            "Other tools pass over the key assay of config.json, and take the model for another"
                + " one:",
            passedOver.obstacles()));
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
    if (passedOver.inputs()) {
      paragraph(
          lines,
          List.of(
              "What the key assay of config.json says of inputs only Assay does; other tools leave"
                  + " them as they come, and get other values."));
    }
    if (passedOver.caches()) {
      paragraph(
          lines,
          List.of(
              "Keys and values are kept as the key assay of config.json says, which only Assay does;"
                  + " other tools keep them as they come, and get other values."));
    }
    if (!written.caches().isEmpty()) {
      paragraph(
          lines,
          List.of(
              "Keys and values are kept on the grids of kv_cache_scheme; transformers 5.24 with"
                  + " compressed-tensors 0.20 keeps them as they come, and gets other values."));
    }
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
    if (!written.sparse().isEmpty()) {
      lines.add(
          "Linears without their zeros, in compressed-tensors' %s."
              .formatted(written.sparsity().map(BitmaskLayout::label).orElseThrow()));
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

  /** Names, each with what is to be said of it, on lines of their own. */
  private static List<String> list(String what, SortedMap<String, String> named) {
    List<String> lines = new ArrayList<>();
    if (!named.isEmpty()) {
      lines.add(what);
      lines.add("");
      named.forEach((name, why) -> lines.add("- `" + name + "`: " + why));
    }
    return lines;
  }

  private List<String> loaders(Optional<Format> format) {
    if (!written.sparse().isEmpty()) {
      return List.of("Loaded by Assay; " + SPARSE + ".");
    }
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
