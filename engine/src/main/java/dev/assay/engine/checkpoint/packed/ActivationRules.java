package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.weight.InputScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a compressed-tensors configuration does to the inputs of linears: the key {@code
 * input_activations} of its groups, which go before one another as for weights.
 */
public final class ActivationRules {
  private static final String IGNORE = "ignore";
  private static final String TARGETS = "targets";

  private final List<Rule> rules;

  private ActivationRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** A rule; without arguments the inputs of what it fits are taken as they come. */
  private record Rule(Predicate<String> fits, @Nullable ActivationArguments arguments) {}

  /**
   * Those of a configuration; none in one of another method.
   *
   * @param config the content of {@code config.json}
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if it says what the format
   *     does not
   */
  public static ActivationRules read(Path directory, JsonNode config) {
    for (String key : QuantizationConfigReader.KEYS) {
      JsonNode embedded = config.path(key);
      if (embedded.path("quant_method").asText("").equals("compressed-tensors")) {
        String file = directory.resolve("config.json").toString();
        return read(new ConfigNode(file + ": key " + key + ".", embedded));
      }
    }
    return new ActivationRules(List.of());
  }

  private static ActivationRules read(ConfigNode json) {
    List<Rule> named = new ArrayList<>();
    for (String entry : CompressedTensorsTargets.of(json, IGNORE)) {
      named.add(new Rule(CompressedTensorsTargets.fits(json, IGNORE, entry), null));
    }
    List<Rule> classes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : json.get("config_groups").properties()) {
      if (!entry.getValue().isObject()) {
        continue;
      }
      ConfigNode group = json.child("config_groups").child(entry.getKey());
      @Nullable ActivationArguments arguments =
          group.isAbsent(ActivationArguments.KEY)
                  || ActivationArguments.isSmaller(group.child(ActivationArguments.KEY))
              ? null
              : ActivationArguments.read(group.child(ActivationArguments.KEY));
      for (String target : CompressedTensorsTargets.of(group, TARGETS)) {
        Rule rule = new Rule(CompressedTensorsTargets.fits(group, TARGETS, target), arguments);
        (CompressedTensorsTargets.isClass(target) ? classes : named).add(rule);
      }
    }
    named.addAll(classes);
    return new ActivationRules(named);
  }

  /**
   * What is done to the input of a packed linear; nothing where it is taken as it comes.
   *
   * @param module prefix of its tensors, among which a static scale is
   */
  public Optional<InputScheme> scheme(PackedSource checkpoint, String module) {
    return rules.stream()
        .filter(rule -> rule.fits().test(module))
        .findFirst()
        .map(Rule::arguments)
        .map(arguments -> arguments.scheme(new PackedTensors(checkpoint, module)));
  }
}
