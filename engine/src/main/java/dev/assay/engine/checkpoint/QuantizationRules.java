package dev.assay.engine.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How each module of a checkpoint is quantized, as its configuration says.
 *
 * @param general what holds where no rule says otherwise
 * @param rules the first that fits a module decides
 */
record QuantizationRules(QuantizationConfig general, List<Rule> rules) {
  QuantizationRules {
    rules = List.copyOf(rules);
  }

  /** One configuration for all. */
  static QuantizationRules uniform(QuantizationConfig config) {
    return new QuantizationRules(config, List.of());
  }

  /**
   * A rule.
   *
   * @param text as the configuration has it, for messages
   * @param fits whether it speaks of a module
   * @param config what holds there; nothing where the module is left out of the quantization
   */
  record Rule(String text, Predicate<String> fits, @Nullable QuantizationConfig config) {}

  /** The rule that decides on a module, if one does. */
  Optional<Rule> rule(String module) {
    return rules.stream().filter(rule -> rule.fits().test(module)).findFirst();
  }
}
