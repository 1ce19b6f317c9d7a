package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.QuantizationConfig.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads how a checkpoint is quantized from {@code config.json} or, where that is silent, from
 * {@code quantize_config.json}. Keys that are left out have the defaults of the formats' own code.
 */
final class QuantizationConfigReader {
  static final String GPTQ_FILE = "quantize_config.json";

  private final String where;
  private final JsonNode json;

  private QuantizationConfigReader(String where, JsonNode json) {
    this.where = where;
    this.json = json;
  }

  static Optional<QuantizationConfig> read(Path directory, JsonNode config) {
    JsonNode embedded = config.path("quantization_config");
    if (embedded.isObject()) {
      String where = directory.resolve("config.json") + ": key quantization_config.";
      return Optional.of(new QuantizationConfigReader(where, embedded).config("nothing"));
    }
    Path file = directory.resolve(GPTQ_FILE);
    if (Files.isRegularFile(file)) {
      // AutoGPTQ's older files do not name the method.
      return Optional.of(
          new QuantizationConfigReader(file + ": key ", JsonFiles.read(file)).config("gptq"));
    }
    return Optional.empty();
  }

  private QuantizationConfig config(String defaultMethod) {
    String method = json.path("quant_method").asText(defaultMethod);
    try {
      return switch (method) {
        case "gptq" -> gptq();
        case "awq" -> awq();
        default -> throw bad("quant_method", method, "gptq or awq");
      };
    } catch (IllegalArgumentException e) {
      throw new BadCheckpointException(where.replaceFirst(": key.*", ": ") + e.getMessage(), e);
    }
  }

  private QuantizationConfig gptq() {
    String label = json.path("checkpoint_format").asText("gptq");
    Format format =
        switch (label) {
          case "gptq" -> Format.GPTQ;
          case "gptq_v2" -> Format.GPTQ_V2;
          default -> throw bad("checkpoint_format", label, "gptq or gptq_v2");
        };
    return new QuantizationConfig(
        format, integer("bits"), integer("group_size"), flag("sym", true), flag("desc_act", false));
  }

  private QuantizationConfig awq() {
    int bits = integer("bits");
    if (bits != 4) {
      throw bad("bits", Integer.toString(bits), "4");
    }
    String version = json.path("version").asText("gemm");
    if (!version.toLowerCase(Locale.ROOT).equals("gemm")) {
      throw bad("version", version, "gemm");
    }
    return new QuantizationConfig(
        Format.AWQ, bits, integer("group_size"), !flag("zero_point", true), false);
  }

  private int integer(String key) {
    JsonNode node = json.path(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw bad(key, node.isMissingNode() ? "nothing" : node.toString(), "a whole number");
    }
    return node.intValue();
  }

  private boolean flag(String key, boolean absent) {
    JsonNode node = json.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return absent;
    }
    if (!node.isBoolean()) {
      throw bad(key, node.toString(), "true or false");
    }
    return node.booleanValue();
  }

  private BadCheckpointException bad(String key, String found, String expected) {
    return new BadCheckpointException(where + key + ": found " + found + ", expected " + expected);
  }
}
