package dev.assay.engine.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What PEFT's {@code adapter_config.json} says of a LoRA adapter, as far as it changes what comes
 * out.
 *
 * @param file where it stands
 * @param rank of modules that no pattern fits
 * @param alpha of those
 * @param rooted whether alpha is divided by the root of the rank (rsLoRA)
 * @param directed whether rows have a magnitude of their own (DoRA)
 * @param ranks by patterns of modules' names, the first that fits counting
 * @param alphas likewise
 * @see <a
 *     href="https://github.com/huggingface/peft/blob/v0.17.0/src/peft/tuners/lora/config.py">LoraConfig</a>
 * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski 2023, rsLoRA</a>
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al. 2024, DoRA</a>
 */
record AdapterConfig(
    Path file,
    int rank,
    double alpha,
    boolean rooted,
    boolean directed,
    Map<String, Double> ranks,
    Map<String, Double> alphas) {
  private static final Set<String> READ =
      Set.of(
          "peft_type",
          "r",
          "lora_alpha",
          "use_rslora",
          "use_dora",
          "rank_pattern",
          "alpha_pattern",
          "init_lora_weights",
          "bias");

  /** What the names and shapes of the tensors say too, or what training alone asks. */
  private static final Set<String> SILENT =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "corda_config",
          "eva_config",
          "exclude_modules",
          "fan_in_fan_out",
          "inference_mode",
          "layers_pattern",
          "layers_to_transform",
          "loftq_config",
          "lora_dropout",
          "lora_ga_config",
          "megatron_core",
          "modules_to_save",
          "peft_version",
          "qalora_group_size",
          "revision",
          "runtime_config",
          "target_modules",
          "task_type");

  /** Beginnings that leave the weights of the base as they are. */
  private static final Set<String> BEGINNINGS = Set.of("gaussian", "eva", "orthogonal", "default");

  AdapterConfig {
    ranks = Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
    alphas = Collections.unmodifiableMap(new LinkedHashMap<>(alphas));
  }

  /**
   * Reads one.
   *
   * @throws BadInputException if it says what is not understood
   */
  static AdapterConfig read(Path file) {
    JsonNode json;
    try {
      json = ForeignJson.read(file.toString(), Files.readAllBytes(file)).root();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (!json.path("peft_type").asText("").equals("LORA")) {
      throw bad(file, "peft_type", json.path("peft_type"), "\"LORA\"");
    }
    JsonNode beginning = json.path("init_lora_weights");
    if (beginning.isTextual() && !BEGINNINGS.contains(beginning.asText())) {
      throw bad(file, "init_lora_weights", beginning, "a beginning that leaves the base as it is");
    }
    json.properties().forEach(entry -> requireKnown(file, entry.getKey(), entry.getValue()));
    int rank = json.path("r").asInt(0);
    if (rank < 1) {
      throw bad(file, "r", json.path("r"), "an integer of at least 1");
    }
    JsonNode alpha = json.path("lora_alpha");
    if (!alpha.isNumber()) {
      throw bad(file, "lora_alpha", alpha, "a number");
    }
    return new AdapterConfig(
        file,
        rank,
        alpha.asDouble(),
        json.path("use_rslora").asBoolean(false),
        json.path("use_dora").asBoolean(false),
        numbers(file, "rank_pattern", json),
        numbers(file, "alpha_pattern", json));
  }

  private static void requireKnown(Path file, String key, JsonNode value) {
    boolean unset =
        value.isNull()
            || value.isContainerNode() && value.isEmpty()
            || value.isBoolean() && !value.asBoolean();
    if (!unset && !READ.contains(key) && !SILENT.contains(key)) {
      throw bad(file, key, value, "nothing: what it asks for is not understood");
    }
  }

  private static Map<String, Double> numbers(Path file, String key, JsonNode json) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    json.path(key)
        .properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              if (!value.isNumber() || value.asDouble() <= 0) {
                throw bad(file, key + "." + entry.getKey(), value, "a number above 0");
              }
              pattern(file, key, entry.getKey());
              numbers.put(entry.getKey(), value.asDouble());
            });
    return numbers;
  }

  /** A key stands for the end of a name, from a dot on. */
  private static Pattern pattern(Path file, String key, String text) {
    try {
      return Pattern.compile("(.*\\.)?(" + text + ")$");
    } catch (PatternSyntaxException e) {
      throw new BadInputException(
          "%s: %s: found '%s', expected a pattern: %s"
              .formatted(file, key, text, e.getDescription()),
          e);
    }
  }

  private double of(Map<String, Double> numbers, String module, double otherwise) {
    return numbers.entrySet().stream()
        .filter(entry -> pattern(file, "pattern", entry.getKey()).matcher(module).lookingAt())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(otherwise);
  }

  /** The rank of a module. */
  long rank(String module) {
    return (long) of(ranks, module, rank);
  }

  /** What the product of a module's factors is multiplied by. */
  double scale(String module) {
    double own = (double) rank(module);
    return of(alphas, module, alpha) / (rooted ? Math.sqrt(own) : own);
  }

  private static BadInputException bad(Path file, String key, JsonNode found, String expected) {
    return new BadInputException(
        "%s: %s: found %s, expected %s"
            .formatted(file, key, found.isMissingNode() ? "none" : found, expected));
  }
}
