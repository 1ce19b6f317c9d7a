package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.packed.LoaderRounding;
import dev.assay.engine.checkpoint.packed.WrittenCache;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.KeyValueScales;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a model does to inputs of linears, and to keys and values, as far as a format has a place
 * for it.
 *
 * @param inputs by the name of a stored weight
 * @param caches by the name of an attention
 * @param said whether who reads the format's own keys computes just that
 */
record Treatments(
    Map<String, InputScheme> inputs, Map<String, Optional<WrittenCache>> caches, boolean said) {
  /**
   * Those of a model.
   *
   * @param format its name, for messages
   * @throws BadInputException if the format has no place for one; the message names it
   */
  static Treatments of(Checkpoint source, ModelSpec architecture, String format, Places layout) {
    Map<String, InputScheme> inputs = new TreeMap<>();
    Map<String, Optional<WrittenCache>> caches = new TreeMap<>();
    boolean said = true;
    for (Stack stack : architecture.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (Map.Entry<String, List<Linear>> stored :
            stack.layer(layer).layout().stored().entrySet()) {
          String prefix = stack.names().inLayer(layer, stored.getKey());
          InputScheme scheme = input(source, stack, layer, prefix, stored.getValue());
          require(source, prefix, scheme, format, layout);
          inputs.put(prefix, scheme);
          said &= layout.saysInput(scheme) || source.isDense(prefix);
        }
        CacheScheme cache = stack.layer(layer).cache();
        String attention = KeyValueScales.attention(stack, layer);
        if (!(cache instanceof DenseCache)) {
          requireCache(source, attention, cache, format, layout);
        }
        if (stack.layer(layer).attention().causal()) {
          caches.put(attention, KeyValueScales.written(cache));
        }
      }
    }
    requireAlike(source, caches, format);
    return new Treatments(inputs, caches, said);
  }

  private static InputScheme input(
      Checkpoint source, Stack stack, int layer, String prefix, List<Linear> parts) {
    List<InputScheme> schemes =
        parts.stream()
            .map(part -> stack.layer(layer).linear(part.name()).input())
            .distinct()
            .toList();
    if (schemes.size() > 1) {
      throw new BadInputException(
          "%s: %s: found inputs %s and %s, expected one for all linears that are stored as one"
              .formatted(
                  source.configuration(), prefix, schemes.get(0).words(), schemes.get(1).words()));
    }
    return schemes.get(0);
  }

  private static void require(
      Checkpoint source, String prefix, InputScheme scheme, String format, Places layout) {
    boolean plain = scheme instanceof PlainInput;
    if (source.isDense(prefix) ? plain : layout.hasInput(scheme)) {
      return;
    }
    throw new BadInputException(
        "%s: %s: found %s, expected %s: %s has no place for others"
            .formatted(
                source.configuration(),
                prefix,
                plain ? "inputs as they come" : "inputs " + scheme.words() + at(scheme),
                source.isDense(prefix) ? "a dense weight's as they come" : layout.inputs(),
                format));
  }

  private static String at(InputScheme scheme) {
    return " (%s)".formatted(scheme.name());
  }

  private static void requireCache(
      Checkpoint source, String attention, CacheScheme cache, String format, Places layout) {
    if (layout.hasCaches() && KeyValueScales.written(cache).isPresent()) {
      return;
    }
    throw new BadInputException(
        "%s: %s: found a cache of %s (%s), expected %s: %s has no place for others"
            .formatted(
                source.configuration(),
                attention,
                cache.words(),
                cache.name(),
                layout.hasCaches()
                    ? "keys and values as they come, or on grids as kv_cache_scheme can say"
                    : "keys and values as they come",
                format));
  }

  /** One object of the configuration speaks for all layers. */
  private static void requireAlike(
      Checkpoint source, Map<String, Optional<WrittenCache>> caches, String format) {
    List<WrittenCache> grids = caches.values().stream().flatMap(Optional::stream).toList();
    boolean alike = grids.stream().allMatch(grids.isEmpty() ? each -> true : grids.get(0)::isLike);
    if (!grids.isEmpty() && (grids.size() < caches.size() || !alike)) {
      throw new BadInputException(
          "%s: found keys and values kept otherwise in one layer than in another, expected one way"
                  .formatted(source.configuration())
              + " for all: kv_cache_scheme of %s knows no more".formatted(format));
    }
  }

  /** What users should know of it. */
  Optional<String> note() {
    return said
        ? Optional.empty()
        : Optional.of(
            "keeps what is done to inputs under the key assay too: " + LoaderRounding.OWN_RULE);
  }
}
