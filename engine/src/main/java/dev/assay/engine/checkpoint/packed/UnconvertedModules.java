package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.packed.QuantizationRules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The list {@code modules_to_not_convert} of transformers' own formats: names of modules, or parts
 * of them between dots. Without it the head stays dense.
 */
final class UnconvertedModules {
  private static final String KEY = "modules_to_not_convert";
  private static final String HEAD = "lm_head";

  private UnconvertedModules() {}

  static QuantizationRules rules(ConfigNode json, QuantizationConfig config) {
    List<String> entries = CompressedTensorsTargets.of(json, KEY);
    List<Rule> rules = new ArrayList<>();
    (entries.isEmpty() ? List.of(HEAD) : entries)
        .forEach(entry -> rules.add(new Rule(entry, fits(entry), null)));
    return new QuantizationRules(config, rules);
  }

  private static Predicate<String> fits(String entry) {
    return module -> ("." + module + ".").contains("." + entry + ".");
  }

  static void write(ObjectNode json, WrittenQuantization written) {
    SortedSet<String> modules = new TreeSet<>(written.dense());
    if (!written.packsHead()) {
      modules.add(HEAD);
    }
    modules.forEach(json.putArray(KEY)::add);
  }
}
