package dev.assay.engine.mixed;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What of a stack of layers gets widths: linears that are stored as one weight get one. */
final class Items {
  private final Stack stack;

  Items(Stack stack) {
    this.stack = stack;
  }

  /** All of a model, in the order of the forward pass. */
  static List<Item> of(ModelSpec spec, Selection selection) {
    List<Item> items = new ArrayList<>();
    for (Stack stack : spec.stacks()) {
      Items its = new Items(stack);
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (List<String> linears : its.of(layer, selection)) {
          items.add(its.item(layer, linears));
        }
      }
    }
    return items;
  }

  /** Linears of a layer that get a width together. */
  List<List<String>> of(int layer, Selection selection) {
    LayerLayout whole = stack.layer(layer).layout();
    Set<String> selected = selection.of(stack, layer);
    List<List<String>> items = new ArrayList<>();
    for (LinearGroup group : whole.groups()) {
      whole.storedTogether(group).stream().filter(selected::containsAll).forEach(items::add);
    }
    return items;
  }

  Item item(int layer, List<String> linears) {
    LayerLayout layout = stack.layer(layer).layout();
    return new Item(
        linears.stream().map(name -> stack.names().inLayer(layer, name)).toList(),
        linears.stream().mapToLong(name -> layout.linear(name).outFeatures()).sum(),
        layout.linear(linears.get(0)).inFeatures());
  }
}
