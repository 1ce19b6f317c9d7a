package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.QuantizationRules.Rule;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of a compressed-tensors checkpoint, as far as it concerns weights. Groups
 * of modules may differ in bits and the like, and in the layout of their tensors: what {@code
 * ignore} names is left out, a group that names a module or a pattern goes before one that names a
 * class. A group may also be the name of a preset over a list of targets.
 */
final class CompressedTensorsConfig {
  static final String PACKED = "pack-quantized";
  static final String FLOAT = "float-quantized";
  static final String INTEGERS = "int-quantized";
  static final String MIXED = "mixed-precision";
  private static final String FORMAT = "format";
  private static final String SPARSITY = "sparsity_config";
  private static final String DENSE = "dense";
  private static final String IGNORE = "ignore";
  private static final String TARGETS = "targets";

  private final ConfigNode json;
  private final String format;

  private CompressedTensorsConfig(ConfigNode json, String format) {
    this.json = json;
    this.format = format;
  }

  /** What it says; nothing where it says of some weights that they have no zeros, and no more. */
  static Optional<QuantizationRules> read(ConfigNode json) {
    String sparsity = json.get(SPARSITY).path(FORMAT).asText(DENSE);
    if (!sparsity.equals(DENSE) && BitmaskLayout.of(sparsity).isEmpty()) {
      throw json.bad(
          SPARSITY + "." + FORMAT,
          sparsity,
          String.join(", ", BitmaskLayout.labels()) + " or " + DENSE);
    }
    if (!sparsity.equals(DENSE) && json.isAbsent("config_groups")) {
      return Optional.empty();
    }
    String format = json.text(FORMAT, "nothing");
    if (!format.equals(MIXED)) {
      CompressedTensorsGroup.requireKnown(json, FORMAT, format);
    }
    return Optional.of(new CompressedTensorsConfig(json, format).rules());
  }

  private QuantizationRules rules() {
    if (!json.get("transform_config").isEmpty()) {
      throw json.bad("transform_config", "nothing: transformed inputs are not run");
    }
    List<Rule> rules = new ArrayList<>();
    for (String entry : CompressedTensorsTargets.of(json, IGNORE)) {
      rules.add(new Rule(entry, CompressedTensorsTargets.fits(json, IGNORE, entry), null));
    }
    ConfigNode groups = json.child("config_groups");
    List<Rule> classes = new ArrayList<>();
    @Nullable QuantizationConfig first = null;
    for (Map.Entry<String, JsonNode> entry : groups.json().properties()) {
      ConfigNode group = group(groups, entry.getKey());
      QuantizationConfig config = CompressedTensorsGroup.read(group, format);
      first = first == null ? config : first;
      for (String target : CompressedTensorsTargets.of(group, TARGETS)) {
        Rule rule = new Rule(target, CompressedTensorsTargets.fits(group, TARGETS, target), config);
        (CompressedTensorsTargets.isClass(target) ? classes : rules).add(rule);
      }
    }
    if (first == null) {
      throw json.bad("config_groups", "at least one group");
    }
    rules.addAll(classes);
    return new QuantizationRules(first, rules);
  }

  /** A group, or what the preset of that name stands for. */
  static ConfigNode group(ConfigNode groups, String name) {
    return groups.get(name).isArray()
        ? CompressedTensorsPresets.group(groups, name)
        : groups.child(name);
  }
}
