package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.nio.file.Path;
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
public record QuantizationRules(QuantizationConfig general, List<Rule> rules) {
  public QuantizationRules {
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

  /** What holds for a module; nothing where it is left out. */
  public Optional<QuantizationConfig> find(String module) {
    return rules.stream()
        .filter(each -> each.fits().test(module))
        .findFirst()
        .map(rule -> Optional.ofNullable(rule.config()))
        .orElseGet(() -> Optional.of(general));
  }

  /**
   * What holds for a packed module.
   *
   * @param file where its tensors are, for messages
   * @throws BadCheckpointException if a rule leaves it out of the quantization
   */
  public QuantizationConfig config(String module, Path file) {
    Optional<Rule> rule = rules.stream().filter(each -> each.fits().test(module)).findFirst();
    if (rule.isEmpty()) {
      return general;
    }
    QuantizationConfig config = rule.get().config();
    if (config == null) {
      throw new BadCheckpointException(
          "%s: found '%s' packed, expected it dense: '%s' in its configuration leaves it out"
              .formatted(file, module, rule.get().text()));
    }
    return config;
  }
}
