package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The page beside packed weights that says what they are and which tools load them. */
public final class ArtifactCard {
  private ArtifactCard() {}

  /** The page of a checkpoint; nothing where all of it is dense. */
  public static Optional<String> of(WrittenQuantization written, String family) {
    Optional<QuantizationConfig> general = written.general();
    if (general.isPresent()) {
      return Optional.of(text(general.get(), written, family));
    }
    SortedMap<String, String> obstacles = written.obstacles();
    boolean dense =
        written.codebooks().isEmpty()
            && written.bytes().isEmpty()
            && written.compressed().isEmpty()
            && written.blockFloats().isEmpty();
    if (dense && obstacles.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines =
        new ArrayList<>(List.of(dense ? "# Checkpoint" : "# Quantized checkpoint", ""));
    if (!written.codebooks().isEmpty()) {
      lines.add("Linears of 4-bit codes into a table, in bitsandbytes' layout.");
    }
    if (!written.bytes().isEmpty()) {
      lines.add("Linears of signed bytes, in bitsandbytes' layout of LLM.int8().");
    }
    compressed(written).ifPresent(lines::add);
    if (!written.blockFloats().isEmpty()) {
      lines.add(
          "Linears of 8-bit floats under scales of blocks, as DeepSeek and transformers have");
      lines.add("them: weight_scale_inv.");
    }
    lines.add("");
    if (obstacles.isEmpty()) {
      lines.add("Nobody has tried yet whether other tools load what Assay writes in this layout.");
    } else {
      lines.addAll(notTaken(obstacles));
    }
    return Optional.of(String.join("\n", lines) + "\n");
  }

  private static Optional<String> compressed(WrittenQuantization written) {
    List<String> formats =
        written.compressed().values().stream().map(CompressedForm::format).distinct().toList();
    return formats.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Linears in compressed-tensors' %s.".formatted(String.join(" and ", formats)));
  }

  /**
   * The page.
   *
   * @param general what holds for most of the linears
   * @param written how each is stored
   * @param family the model's type
   */
  static String text(QuantizationConfig general, WrittenQuantization written, String family) {
    List<String> lines = new ArrayList<>();
    lines.add("# Quantized checkpoint");
    lines.add("");
    lines.add(
        "Linears on %s grids of %d bits, %s, in the format %s."
            .formatted(
                general.symmetric() ? "symmetric" : "asymmetric",
                general.bits(),
                general.groupSize() < 0
                    ? "a scale for each row"
                    : "a scale for every " + general.groupSize() + " inputs",
                general.format().label()));
    if (!written.others().isEmpty()) {
      lines.add("Otherwise, as config.json says: " + String.join(", ", written.others().keySet()));
    }
    compressed(written).ifPresent(lines::add);
    lines.add("");
    SortedMap<String, String> obstacles = written.obstacles();
    if (obstacles.isEmpty()) {
      lines.add(
          FormatLoaders.note(general.format(), family)
              .map(note -> "Loaded by Assay; " + note + ".")
              .orElseGet(() -> "Loaded by " + loaders(general) + "."));
    } else {
      lines.addAll(notTaken(obstacles));
    }
    if (!written.wideScales().isEmpty()) {
      lines.add("");
      lines.add(
          "Scales in float32 that float16 rounds or does not hold; loaders that cast them to"
              + " float16 get other values: "
              + String.join(", ", written.wideScales()));
    }
    return String.join("\n", lines) + "\n";
  }

  private static List<String> notTaken(SortedMap<String, String> obstacles) {
    List<String> lines = new ArrayList<>();
    lines.add("Loaded by Assay only. Other tools do not take these tensors:");
    lines.add("");
    obstacles.forEach((name, why) -> lines.add("- `" + name + "`: " + why));
    return lines;
  }

  /** Tools that load a form; see the table in docs/FORMATS.md. */
  static String loaders(QuantizationConfig config) {
    return switch (config.format()) {
      case GPTQ, GPTQ_V2 ->
          config.format() == Format.GPTQ
              ? "GPTQModel, transformers with it, vLLM, and Assay"
              : "GPTQModel, transformers with it, and Assay; AutoGPTQ does not know this version"
                  + " of the format";
      case AWQ, AWQ_GEMV -> "AutoAWQ, transformers with it, vLLM, and Assay";
      case COMPRESSED_TENSORS ->
          config.symmetric()
              ? "transformers with compressed-tensors, and Assay"
              : "Assay, and tools that read asymmetric pack-quantized weights; transformers 5.24"
                  + " with compressed-tensors 0.20 does not";
      case BITNET -> "Assay; nobody has tried yet whether transformers does";
      case INT_QUANTIZED,
          FLOAT_QUANTIZED,
          MICROSCALED,
          BLOCK_FP8,
          BITNET_ONLINE,
          BITSANDBYTES,
          BITSANDBYTES_INT8 ->
          throw new IllegalArgumentException(config.format().label() + " is not written");
    };
  }
}
