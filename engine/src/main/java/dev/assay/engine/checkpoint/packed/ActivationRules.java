package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PerTokenInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a published configuration does to the inputs of linears: in compressed-tensors' the key
 * {@code input_activations} of its groups, which go before one another as for weights; in BitNet's
 * rounding to 8 bits by token, which goes without saying.
 */
public final class ActivationRules {
  private static final String IGNORE = "ignore";
  private static final String TARGETS = "targets";

  private final List<Rule> rules;

  private ActivationRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** A rule; without a scheme the inputs of what it fits are taken as they come. */
  private record Rule(
      Predicate<String> fits, @Nullable Function<PackedTensors, @Nullable InputScheme> scheme) {}

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
      String method = embedded.path("quant_method").asText("");
      if (method.equals("compressed-tensors")) {
        String file = directory.resolve("config.json").toString();
        return read(new ConfigNode(file + ": key " + key + ".", embedded));
      }
      if (method.equals("bitnet")) {
        return new ActivationRules(List.of(new Rule(module -> true, ActivationRules::bitNet)));
      }
    }
    return new ActivationRules(List.of());
  }

  /** Of three values; beside these there may be forms of other tools, which round nothing. */
  private static @Nullable InputScheme bitNet(PackedTensors tensors) {
    PackedSource checkpoint = tensors.checkpoint();
    boolean online =
        checkpoint
            .quantizationIfAny(tensors.prefix())
            .filter(config -> config.format() == QuantizationConfig.Format.BITNET_ONLINE)
            .isPresent();
    return online || checkpoint.has(tensors.prefix() + ".weight_scale")
        ? PerTokenInput.BITNET
        : null;
  }

  private static ActivationRules read(ConfigNode json) {
    List<Rule> named = new ArrayList<>();
    for (String entry : CompressedTensorsTargets.of(json, IGNORE)) {
      named.add(new Rule(CompressedTensorsTargets.fits(json, IGNORE, entry), null));
    }
    List<Rule> classes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : json.get("config_groups").properties()) {
      ConfigNode group = CompressedTensorsConfig.group(json.child("config_groups"), entry.getKey());
      @Nullable Function<PackedTensors, InputScheme> scheme =
          group.isAbsent(ActivationArguments.KEY)
              ? null
              : ActivationArguments.read(group.child(ActivationArguments.KEY))::scheme;
      for (String target : CompressedTensorsTargets.of(group, TARGETS)) {
        Rule rule = new Rule(CompressedTensorsTargets.fits(group, TARGETS, target), scheme);
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
    for (Rule rule : rules) {
      if (rule.fits().test(module)) {
        return rule.scheme() == null
            ? Optional.empty()
            : Optional.ofNullable(rule.scheme().apply(new PackedTensors(checkpoint, module)));
      }
    }
    return Optional.empty();
  }
}
