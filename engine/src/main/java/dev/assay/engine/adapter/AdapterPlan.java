package dev.assay.engine.adapter;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModuleNames;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelModuleNames;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which tensors of an adapter belong to which of a model. Names may lack, or have, what stands
 * before those of the model's checkpoint, as a model saved with and without its head has.
 */
final class AdapterPlan {
  private final Adapter adapter;
  private final Map<String, String> modules = new TreeMap<>();
  private final Map<String, String> replaced = new TreeMap<>();

  /**
   * @throws BadInputException if the adapter has something that the model has no place for
   */
  AdapterPlan(Adapter adapter, ModelSpec model) {
    this.adapter = adapter;
    Map<String, Shape> linears = new TreeMap<>();
    Set<String> values = new TreeSet<>(ModelModuleNames.of(model));
    for (Stack stack : model.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        collect(stack, layer, linears, values);
      }
    }
    for (String module : adapter.modules().keySet()) {
      modules.put(name(linears.keySet(), module, "a linear of the model's layers"), module);
    }
    for (String tensor : adapter.replaced().keySet()) {
      replaced.put(name(values, tensor, "a tensor of the model"), tensor);
    }
    modules.forEach(
        (linear, module) ->
            requireShapes(module, Objects.requireNonNull(linears.get(linear), linear)));
    requireUntied(model);
  }

  private static void collect(
      Stack stack, int layer, Map<String, Shape> linears, Set<String> values) {
    LayerLayout layout = stack.layer(layer).layout();
    LayerModuleNames.of(layout)
        .values()
        .forEach(tensor -> values.add(stack.names().inLayer(layer, tensor)));
    for (Map.Entry<String, List<Linear>> stored : layout.stored().entrySet()) {
      String name = stack.names().inLayer(layer, stored.getKey());
      Linear first = stored.getValue().get(0);
      linears.put(name, new Shape(layout.storedRows(first), first.inFeatures()));
      values.add(name + ".weight");
      if (first.biased()) {
        values.add(name + ".bias");
      }
    }
  }

  private String name(Set<String> known, String theirs, String expected) {
    if (known.contains(theirs)) {
      return theirs;
    }
    List<String> alike =
        known.stream()
            .filter(ours -> theirs.endsWith("." + ours) || ours.endsWith("." + theirs))
            .toList();
    if (alike.size() != 1) {
      throw new BadInputException(
          "%s: found '%s', expected %s"
              .formatted(adapter.config().file().getParent(), theirs, expected));
    }
    return alike.get(0);
  }

  /** By the model, and by the rank that the configuration says. */
  private void requireShapes(String name, Shape weight) {
    Adapter.Factors own = adapter.factors(name);
    long rank = adapter.config().rank(name);
    adapter.requireShape(own.down(), new Shape(rank, weight.get(1)));
    adapter.requireShape(own.up(), new Shape(weight.get(0), rank));
    if (own.magnitudes() != null) {
      adapter.requireShape(own.magnitudes(), new Shape(weight.get(0)));
    }
  }

  /** PEFT gives the model a table of its own there, and leaves the head its own. */
  private void requireUntied(ModelSpec model) {
    String table = model.names().embedding() + ".weight";
    if (model.spec().tiedHead() && replaced.containsKey(table)) {
      throw new BadInputException(
          "%s: found '%s' replaced, expected it to stay: the model's head is tied to it"
              .formatted(adapter.config().file().getParent(), table));
    }
  }

  /** The module of the adapter that changes a stored linear, by its name in the checkpoint. */
  @Nullable String module(String linear) {
    return modules.get(linear);
  }

  /** What takes the place of a tensor, by its name in the checkpoint: a tensor of the file. */
  @Nullable String replacing(String tensor) {
    String theirs = replaced.get(tensor);
    return theirs == null ? null : adapter.replaced().get(theirs);
  }
}
