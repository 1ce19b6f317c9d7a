package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a layer is made of. Methods work from this description and so never know a family.
 *
 * @param modules names of norms and the like within the layer
 * @param norm kind of its norms
 * @param groups linears by their inputs, in the order of the forward pass
 * @param foldings where factors can move, in the order of the forward pass
 */
public record LayerLayout(
    Map<LayerModule, String> modules,
    NormSpec.Kind norm,
    List<LinearGroup> groups,
    List<Folding> foldings) {
  public LayerLayout {
    modules = Collections.unmodifiableMap(new EnumMap<>(modules));
    groups = List.copyOf(groups);
    foldings = List.copyOf(foldings);
    Set<String> names = new HashSet<>();
    groups.stream()
        .flatMap(group -> group.linears().stream())
        .forEach(
            name -> {
              if (!names.add(name)) {
                throw new IllegalArgumentException("two linears are called " + name);
              }
            });
  }

  /**
   * The layout of a shape, with the foldings that it allows; what moves from a norm is judged by
   * the attention or the feed-forward that reads it.
   */
  public static LayerLayout of(
      StackShape spec, Map<LayerModule, String> modules, List<LinearGroup> groups) {
    return of(spec, modules, groups, Map.of());
  }

  /**
   * The same where what moves from some norms is judged otherwise.
   *
   * @param judged by norm the module that shows what a change does
   */
  public static LayerLayout of(
      StackShape spec,
      Map<LayerModule, String> modules,
      List<LinearGroup> groups,
      Map<LayerModule, Inspected> judged) {
    return new LayerLayout(
        modules, spec.norm().kind(), groups, Foldings.of(spec, modules, groups, judged));
  }

  /** Names of all linears. */
  public Set<String> names() {
    return linears().collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The layout as a method sees it that is to leave some linears alone: without them, and without
   * the foldings that would change one.
   *
   * @param selected names of the others
   */
  public LayerLayout only(Set<String> selected) {
    if (selected.containsAll(names())) {
      return this;
    }
    List<LinearGroup> some = new ArrayList<>();
    for (LinearGroup group : groups) {
      group.only(selected).ifPresent(some::add);
    }
    List<Folding> kept =
        foldings.stream()
            .filter(folding -> selected.containsAll(folding.linears()))
            .filter(
                folding ->
                    !(folding.source() instanceof Source.Rows rows)
                        || selected.contains(rows.name()))
            .toList();
    return new LayerLayout(modules, norm, some, kept);
  }

  /** The layout with some of its foldings alone. */
  public LayerLayout withFoldings(Predicate<Folding> kept) {
    return new LayerLayout(modules, norm, groups, foldings.stream().filter(kept).toList());
  }

  /** All linears in the order of the forward pass. */
  public Stream<String> linears() {
    return parts().map(Linear::name);
  }

  /** The same, described. */
  public Stream<Linear> parts() {
    return groups.stream().flatMap(group -> group.parts().stream());
  }

  /** The linear of a name. */
  public Linear linear(String name) {
    return parts()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no linear is called " + name));
  }

  /** The linears by the prefix of their stored tensors, in the order of the forward pass. */
  public Map<String, List<Linear>> stored() {
    Map<String, List<Linear>> stored = new LinkedHashMap<>();
    parts()
        .forEach(part -> stored.computeIfAbsent(part.tensor(), t -> new ArrayList<>()).add(part));
    return stored;
  }

  /** Rows of the stored weight that a linear is, or is part of. */
  public long storedRows(Linear linear) {
    return parts()
        .filter(part -> part.tensor().equals(linear.tensor()))
        .mapToLong(Linear::outFeatures)
        .sum();
  }

  /** Whether a linear is stored as one weight with others. */
  public boolean sharesTensor(String linear) {
    return linear(linear).rows() != null;
  }

  /** Linears by the weight that they are stored in: those of a group that share one, together. */
  public List<List<String>> storedTogether(LinearGroup group) {
    Map<String, List<String>> together = new LinkedHashMap<>();
    group
        .parts()
        .forEach(
            part ->
                together.computeIfAbsent(part.tensor(), t -> new ArrayList<>()).add(part.name()));
    return List.copyOf(together.values());
  }

  /** Name of the bias of a norm, if its kind has one. */
  public Optional<String> bias(LayerModule which) {
    String name = modules.get(which);
    boolean isNorm = which != LayerModule.ROUTER && !which.optional() && !which.shortcut();
    return name != null && isNorm && norm.biased() ? Optional.of(name + ".bias") : Optional.empty();
  }
}
