package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.packed.QuantizationRules.Rule;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads the configuration of a GPTQ checkpoint. Under {@code dynamic} GPTQModel keeps patterns of
 * modules that are otherwise: each is matched from the start of a module's full name, the first
 * that fits decides; {@code -:} before it leaves the module out, {@code +:} or nothing gives it
 * options of its own, the others being those of all.
 */
final class GptqConfig {
  private static final String DYNAMIC = "dynamic";
  private static final String LEFT_OUT = "-:";
  private static final String OTHERWISE = "+:";

  private GptqConfig() {}

  static QuantizationRules read(ConfigNode json) {
    QuantizationConfig general = config(json);
    List<Rule> rules = new ArrayList<>();
    if (!json.isAbsent(DYNAMIC)) {
      ConfigNode dynamic = json.child(DYNAMIC);
      for (Map.Entry<String, JsonNode> entry : dynamic.json().properties()) {
        rules.add(rule(json, dynamic, entry.getKey()));
      }
    }
    return new QuantizationRules(general, rules);
  }

  private static Rule rule(ConfigNode json, ConfigNode dynamic, String text) {
    if (text.startsWith(LEFT_OUT)) {
      Pattern pattern = pattern(dynamic, text, text.substring(LEFT_OUT.length()));
      return new Rule(text, module -> pattern.matcher(module).lookingAt(), null);
    }
    String bare = text.startsWith(OTHERWISE) ? text.substring(OTHERWISE.length()) : text;
    Pattern pattern = pattern(dynamic, text, bare);
    ObjectNode options = json.json().deepCopy();
    options.setAll((ObjectNode) dynamic.child(text).json());
    QuantizationConfig config = config(new ConfigNode(dynamic.where() + text + ".", options));
    return new Rule(text, module -> pattern.matcher(module).lookingAt(), config);
  }

  private static Pattern pattern(ConfigNode dynamic, String key, String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw dynamic.bad(key, e.getDescription(), "a pattern of module names");
    }
  }

  private static QuantizationConfig config(ConfigNode json) {
    String key = json.isAbsent("checkpoint_format") ? "format" : "checkpoint_format";
    String label = json.text(key, "gptq");
    Format format =
        switch (label) {
          case "gptq" -> Format.GPTQ;
          case "gptq_v2" -> Format.GPTQ_V2;
          default -> throw json.bad(key, label, "gptq or gptq_v2");
        };
    String words = json.text("pack_dtype", "int32");
    if (!json.isAbsent("pack_dtype") && !words.equals("int32")) {
      throw json.bad("pack_dtype", words, "int32");
    }
    try {
      return new QuantizationConfig(
          format,
          json.integer("bits"),
          json.integer("group_size"),
          json.flag("sym", true),
          json.flag("desc_act", false));
    } catch (IllegalArgumentException e) {
      throw new BadCheckpointException(json.where() + e.getMessage(), e);
    }
  }
}
