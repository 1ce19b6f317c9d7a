package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.weight.GridForm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads how a checkpoint is quantized from {@code config.json} or, where that is silent, from
 * {@code quantize_config.json}. Keys that are left out have the defaults of the formats' own code.
 */
public final class QuantizationConfigReader {
  /** The file in which GPTQ checkpoints say it. */
  public static final String GPTQ_FILE = "quantize_config.json";

  /** Keys of {@code config.json}, that of today first. */
  public static final List<String> KEYS = List.of("quantization_config", "compression_config");

  /** bitsandbytes' own block; each tensor says which one it has. */
  private static final int BLOCK = 64;

  private QuantizationConfigReader() {}

  /**
   * How a checkpoint is quantized, if it is.
   *
   * @param config the content of its {@code config.json}
   * @throws BadCheckpointException if that says what no format does
   */
  public static Optional<QuantizationRules> read(Path directory, JsonNode config) {
    for (String key : KEYS) {
      JsonNode embedded = config.path(key);
      if (embedded.isObject()) {
        String file = directory.resolve("config.json").toString();
        ConfigNode json = new ConfigNode(file + ": key " + key + ".", embedded);
        return config(file, json, "nothing");
      }
    }
    Path file = directory.resolve(GPTQ_FILE);
    if (Files.isRegularFile(file)) {
      // AutoGPTQ's older files do not name the method.
      ConfigNode json = new ConfigNode(file + ": key ", JsonFiles.read(file));
      return config(file.toString(), json, "gptq");
    }
    return Optional.empty();
  }

  private static Optional<QuantizationRules> config(
      String file, ConfigNode json, String defaultMethod) {
    String method = json.text("quant_method", defaultMethod);
    try {
      return method.equals("compressed-tensors")
          ? CompressedTensorsConfig.read(json)
          : Optional.of(others(json, method));
    } catch (IllegalArgumentException e) {
      throw new BadCheckpointException(file + ": " + e.getMessage(), e);
    }
  }

  private static QuantizationRules others(ConfigNode json, String method) {
    return switch (method) {
      case "gptq" -> GptqConfig.read(json);
      case "awq" -> QuantizationRules.uniform(awq(json));
      case "bitsandbytes" -> QuantizationRules.uniform(bitsAndBytes(json));
      case "fp8" -> BlockFloatConfig.read(json);
      case "bitnet" -> BitNetJson.read(json);
      default ->
          throw json.bad(
              "quant_method",
              method,
              "gptq, awq, compressed-tensors, bitsandbytes, fp8 or bitnet" + why(method));
    };
  }

  /** What is known of methods that are not read. */
  private static String why(String method) {
    return switch (method) {
      case "torchao" -> ": its tensors are classes of torchao's flattened into several";
      case "mxfp4" -> ": experts of GPT-OSS in MXFP4, whose family is not among those that run";
      default -> "";
    };
  }

  private static QuantizationConfig awq(ConfigNode json) {
    if (json.integer("bits") != 4) {
      throw json.bad("bits", "4");
    }
    String version = json.text("version", "gemm");
    Format format =
        switch (version.toLowerCase(Locale.ROOT)) {
          case "gemm" -> Format.AWQ;
          case "gemv" -> Format.AWQ_GEMV;
          default -> throw json.bad("version", version, "gemm or gemv");
        };
    return new QuantizationConfig(
        format, 4, json.integer("group_size"), !json.flag("zero_point", true), false);
  }

  private static QuantizationConfig bitsAndBytes(ConfigNode json) {
    if (json.flag("load_in_8bit", false)) {
      if (json.flag("load_in_4bit", false)) {
        throw json.bad("load_in_4bit", "false beside load_in_8bit: true");
      }
      return new QuantizationConfig(
          Format.BITSANDBYTES_INT8, Byte.SIZE, GridForm.PER_CHANNEL, true, false);
    }
    if (!json.flag("load_in_4bit", false)) {
      throw json.bad("load_in_4bit", "true, or load_in_8bit to be");
    }
    return new QuantizationConfig(Format.BITSANDBYTES, 4, BLOCK, true, false);
  }
}
