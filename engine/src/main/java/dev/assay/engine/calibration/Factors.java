package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.FactoredWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Linears of a layer that a stage before has made products of two, and their factors as a method
 * sees them that is to work on each: as linears of their own. The right factors stand where the
 * linears stood, and see their inputs; the left ones follow, and see what the right ones make of
 * those. What is stored in one weight has one right factor.
 */
final class Factors {
  /** Of a layer that has none, or a method that is to see the products. */
  static final Factors NONE = new Factors(Map.of(), Map.of(), Map.of());

  private static final String LEFT = " (left factor)";

  private final Map<String, Pair> pairs;
  private final Map<String, NDArray> values;
  private final Map<LinearGroup, Tap> taps;

  /**
   * A linear's factors.
   *
   * @param up name of the left one
   * @param down name of the right one, that of all that are stored with it
   */
  private record Pair(String up, String down, long rank) {
    static Pair of(Linear linear, long rank) {
      return new Pair(linear.name() + LEFT, linear.tensor() + " (right factor)", rank);
    }
  }

  /**
   * Where the input of a group comes from.
   *
   * @param group index of one of the layer's
   * @param behind the right factor that its input goes through; nothing where it comes as it is
   */
  private record Tap(int group, Optional<String> behind) {}

  private Factors(
      Map<String, Pair> pairs, Map<String, NDArray> values, Map<LinearGroup, Tap> taps) {
    this.pairs = pairs;
    this.values = values;
    this.taps = taps;
  }

  /**
   * The factors of some linears.
   *
   * @param owner of their values
   * @param layout all linears of the layer
   * @param stored some of them; those that are no products are left out
   */
  static Factors of(
      TorchSession torch, NDManager owner, LayerLayout layout, Map<String, StoredWeight> stored) {
    Map<String, Pair> pairs = new LinkedHashMap<>();
    Map<String, NDArray> values = new HashMap<>();
    for (Map.Entry<String, StoredWeight> entry : stored.entrySet()) {
      if (entry.getValue() instanceof LowRankWeight weight) {
        Pair pair = Pair.of(layout.linear(entry.getKey()), weight.rank());
        pairs.put(entry.getKey(), pair);
        values.put(pair.up(), inFloat32(torch, owner, weight.up()));
        NDArray down = inFloat32(torch, owner, weight.down());
        NDArray other = values.putIfAbsent(pair.down(), down);
        if (other != null && !WeightRows.same(torch, other, down)) {
          throw new IllegalStateException(
              entry.getKey() + ": found a right factor of its own, expected that of its weight");
        }
      }
    }
    if (pairs.isEmpty()) {
      return NONE;
    }
    Map<LinearGroup, Tap> taps = new HashMap<>();
    Factors factors = new Factors(pairs, values, taps);
    for (int i = 0; i < layout.groups().size(); i++) {
      for (LinearGroup group : factors.seen(layout.groups().get(i))) {
        taps.put(group, new Tap(i, factors.behind(group)));
      }
    }
    return factors;
  }

  private static NDArray inFloat32(TorchSession torch, NDManager owner, NDArray factor) {
    try (NDManager scope = owner.newSubManager()) {
      return torch.tensors().copy(owner, torch.tensors().cast(scope, factor, DType.FLOAT32));
    }
  }

  /** Names of all. */
  Set<String> names() {
    return values.keySet();
  }

  /** Their values as they were before the stage, float32 by name. */
  Map<String, NDArray> values() {
    return values;
  }

  /** A layout, the whole one or what is selected of it, with factors in place of their products. */
  LayerLayout seen(LayerLayout layout) {
    if (pairs.isEmpty()) {
      return layout;
    }
    List<LinearGroup> groups =
        layout.groups().stream().flatMap(group -> seen(group).stream()).toList();
    // A factor that is moved into a product has no place in either of its two.
    return new LayerLayout(layout.modules(), layout.norm(), groups, List.of());
  }

  /** What sees a group's input, and behind that a group for each right factor. */
  private List<LinearGroup> seen(LinearGroup group) {
    List<Linear> first = new ArrayList<>();
    List<LinearGroup.Role> roles = new ArrayList<>();
    Map<String, List<Linear>> ups = new LinkedHashMap<>();
    Map<String, List<LinearGroup.Role>> upRoles = new HashMap<>();
    for (int i = 0; i < group.parts().size(); i++) {
      Linear linear = group.parts().get(i);
      LinearGroup.Role role = group.roles().get(i);
      Pair pair = pairs.get(linear.name());
      if (pair == null) {
        first.add(linear);
        roles.add(role);
        continue;
      }
      if (!ups.containsKey(pair.down())) {
        first.add(Linear.of(pair.down(), pair.rank(), linear.inFeatures(), false));
        roles.add(LinearGroup.Role.OTHER);
      }
      ups.computeIfAbsent(pair.down(), down -> new ArrayList<>()).add(left(linear, pair));
      upRoles.computeIfAbsent(pair.down(), down -> new ArrayList<>()).add(role);
    }
    List<LinearGroup> groups = new ArrayList<>();
    groups.add(new LinearGroup(first, roles));
    ups.forEach(
        (down, parts) ->
            groups.add(new LinearGroup(parts, Objects.requireNonNull(upRoles.get(down)))));
    return groups;
  }

  private static Linear left(Linear linear, Pair pair) {
    return new Linear(
        pair.up(),
        linear.tensor() + LEFT,
        linear.rows(),
        false,
        false,
        linear.outFeatures(),
        pair.rank());
  }

  private Optional<String> behind(LinearGroup group) {
    String first = group.linears().get(0);
    return pairs.values().stream()
        .filter(pair -> pair.up().equals(first))
        .map(Pair::down)
        .findFirst();
  }

  /** Names of the linears that a factor is of; the linear itself where it is none. */
  List<String> of(String name) {
    List<String> products =
        pairs.entrySet().stream()
            .filter(
                entry -> entry.getValue().up().equals(name) || entry.getValue().down().equals(name))
            .map(Map.Entry::getKey)
            .toList();
    return products.isEmpty() ? List.of(name) : products;
  }

  /** The product of a linear's factors, owned as the left one is. */
  NDArray product(String linear, Map<String, NDArray> current) {
    Pair pair = Objects.requireNonNull(pairs.get(linear), linear);
    NDArray up = Objects.requireNonNull(current.get(pair.up()), pair.up());
    return up.matMul(Objects.requireNonNull(current.get(pair.down()), pair.down()));
  }

  /**
   * Whether statistics of a group are to be gathered along with those of another: of left factors
   * not before the right ones are what they will be, and then of those alone.
   *
   * @param stored names of what is stored already
   */
  boolean together(LinearGroup asked, LinearGroup other, Set<String> stored) {
    Optional<String> behind = behind(other);
    return behind.isPresent() == behind(asked).isPresent()
        && (behind.isEmpty() || stored.contains(behind.get()));
  }

  /**
   * The input of a group as it is seen.
   *
   * @param layout the layer's own
   * @param inputs of its groups
   * @param current values of the factors
   */
  NDArray input(
      NDManager owner,
      LinearGroup group,
      LayerLayout layout,
      List<NDArray> inputs,
      Map<String, NDArray> current) {
    Tap tap = taps.get(group);
    if (tap == null) {
      return inputs.get(layout.groups().indexOf(group));
    }
    NDArray input = inputs.get(tap.group());
    if (tap.behind().isEmpty() || input.getShape().size() == 0) {
      return input;
    }
    String name = tap.behind().get();
    try (NDManager scope = owner.newSubManager()) {
      NDArray turned = Objects.requireNonNull(current.get(name), name).transpose();
      turned.attach(scope);
      NDArray inner = input.matMul(turned);
      inner.attach(owner);
      return inner;
    }
  }

  /**
   * What was stored, of linears: two factors as a product of two.
   *
   * @throws IllegalStateException if one factor was stored and the other not
   */
  Map<String, StoredWeight> joined(Map<String, StoredWeight> stored) {
    Map<String, StoredWeight> joined = new LinkedHashMap<>(stored);
    pairs.forEach(
        (linear, pair) -> {
          StoredWeight up = stored.get(pair.up());
          StoredWeight down = stored.get(pair.down());
          joined.remove(pair.up());
          joined.remove(pair.down());
          if (up != null && down != null) {
            joined.put(linear, new FactoredWeight(up, down));
          } else if (up != null || down != null) {
            throw new IllegalStateException(
                linear + ": found one of its factors stored, expected both or none");
          }
        });
    return joined;
  }
}
