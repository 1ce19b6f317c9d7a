package dev.assay.engine.structured;

import dev.assay.engine.model.LayerSpec;
import java.util.HashSet;
import java.util.Set;

/** What a layer can be made narrower by. */
enum Unit {
  /** Heads of attention, with the key and value head that serves them. */
  HEADS,
  /** Channels of the feed-forward. */
  CHANNELS;

  /** First of the groups of a layer whose linears these are rows or columns of. */
  private int from(LayerSpec layer) {
    return this == HEADS ? 0 : layer.firstFeedForward();
  }

  /** First of the groups behind those. */
  private int to(LayerSpec layer) {
    return this == HEADS ? 2 : layer.layout().groups().size();
  }

  /** Whether a stage that works on some linears of a layer can take any away. */
  boolean goes(LayerSpec layer, Set<String> selected) {
    return layer.layout().groups().subList(from(layer), to(layer)).stream()
        .allMatch(group -> selected.containsAll(group.linears()));
  }

  /** The linears of a layer that such a stage makes smaller. */
  static Set<String> linears(Set<Unit> units, LayerSpec layer, Set<String> selected) {
    Set<String> names = new HashSet<>();
    for (Unit unit : units) {
      if (unit.goes(layer, selected)) {
        layer
            .layout()
            .groups()
            .subList(unit.from(layer), unit.to(layer))
            .forEach(group -> names.addAll(group.linears()));
      }
    }
    return names;
  }
}
