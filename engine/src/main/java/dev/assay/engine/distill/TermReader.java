package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.NodeReader;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlNode.Entry;
import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code - reverse-kl: {weight: 0.5, temperature: 2}}; a term without keys may also be its
 * bare name.
 */
public final class TermReader implements NodeReader<WeightedTerm> {
  private static final String EXPECTED =
      ", expected one term with its keys, such as 'hinton: {temperature: 2}'";

  /**
   * The key that all terms have.
   *
   * @param weight what the term's value is multiplied by
   */
  public record Weight(
      @Default("1") @Describe("what the term's value is multiplied by") double weight) {
    public Weight {
      Numbers.positive("weight", weight);
    }
  }

  @Override
  public WeightedTerm read(YamlNode node, KeyPath path, YamlBinder binder) {
    String name = name(node, path);
    TermType type =
        TermTypes.find(name)
            .orElseThrow(
                () ->
                    path.error(
                        node.position(),
                        "unknown term '"
                            + name
                            + "', "
                            + TermTypes.names().expectedInsteadOf(name)));
    YamlNode keys = keys(node);
    KeyPath at = path.key(name);
    Problems problems = new Problems();
    boolean misspelt = findUnknownKeys(keys, at, type, problems);
    List<Record> values = new ArrayList<>();
    List<Weight> weights = new ArrayList<>();
    problems.in(() -> weights.add(bind(keys, at, binder, Weight.class)));
    if (!misspelt) {
      for (Class<? extends Record> part : type.keys()) {
        problems.in(() -> values.add(bind(keys, at, binder, part)));
      }
    }
    problems.requireNone();
    return new WeightedTerm(weights.get(0).weight(), type.make().apply(values));
  }

  private static String name(YamlNode node, KeyPath path) {
    if (node instanceof Scalar scalar && scalar.kind() == Kind.STRING) {
      return scalar.text();
    }
    if (node instanceof Mapping mapping) {
      if (mapping.entries().size() == 1) {
        return mapping.entries().keySet().iterator().next();
      }
      throw path.error(
          node.position(), "found a mapping with keys " + mapping.entries().keySet() + EXPECTED);
    }
    throw path.error(node.position(), "found " + node.describe() + EXPECTED);
  }

  private static YamlNode keys(YamlNode node) {
    if (node instanceof Mapping mapping) {
      YamlNode keys = mapping.entries().values().iterator().next().value();
      boolean empty = keys instanceof Scalar scalar && scalar.kind() == Kind.NULL;
      return empty ? new Mapping(keys.position(), Map.of()) : keys;
    }
    return new Mapping(node.position(), Map.of());
  }

  private static boolean findUnknownKeys(
      YamlNode node, KeyPath path, TermType type, Problems problems) {
    if (!(node instanceof Mapping mapping)) {
      throw path.error(node.position(), "found " + node.describe() + ", expected a mapping");
    }
    List<String> all = new ArrayList<>(TermTypes.keysOf(Weight.class));
    type.keys().forEach(each -> all.addAll(TermTypes.keysOf(each)));
    Names known = new Names(all);
    boolean unknown = false;
    for (Map.Entry<String, Entry> each : mapping.entries().entrySet()) {
      if (!all.contains(each.getKey())) {
        unknown = true;
        problems.add(
            path.key(each.getKey())
                .error(
                    each.getValue().position(),
                    "unknown key '%s', %s"
                        .formatted(each.getKey(), known.expectedInsteadOf(each.getKey()))));
      }
    }
    return unknown;
  }

  /** The record of those keys that are its own. */
  private static <T extends Record> T bind(
      YamlNode node, KeyPath path, YamlBinder binder, Class<T> type) {
    Map<String, Entry> entries = new LinkedHashMap<>(((Mapping) node).entries());
    entries.keySet().retainAll(TermTypes.keysOf(type));
    return binder.bind(new Mapping(node.position(), entries), path, type);
  }
}
