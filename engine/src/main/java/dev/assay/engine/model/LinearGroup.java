package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Linears of a layer that share an input; their outputs are concatenated in the order given.
 * Methods work from this description and so never know a family.
 *
 * @param parts at least one linear
 * @param roles what each of them makes
 */
public record LinearGroup(List<Linear> parts, List<Role> roles) {
  /** What a linear makes. */
  public enum Role {
    QUERIES,
    KEYS,
    VALUES,
    OTHER
  }

  public LinearGroup {
    parts = List.copyOf(parts);
    roles = List.copyOf(roles);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("no linears in a group, expected at least 1");
    }
    if (roles.size() != parts.size()) {
      throw new IllegalArgumentException(
          roles.size() + " roles for " + parts.size() + " linears, expected one each");
    }
    long in = parts.get(0).inFeatures();
    if (parts.stream().anyMatch(part -> part.inFeatures() != in)) {
      throw new IllegalArgumentException("linears of a group have one width of input");
    }
  }

  /** A group that makes neither queries nor keys nor values. */
  public static LinearGroup of(Linear... parts) {
    return new LinearGroup(List.of(parts), Collections.nCopies(parts.length, Role.OTHER));
  }

  /** The group without some of its linears; nothing where none is left. */
  Optional<LinearGroup> only(Set<String> selected) {
    List<Linear> some = new ArrayList<>();
    List<Role> theirs = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (selected.contains(parts.get(i).name())) {
        some.add(parts.get(i));
        theirs.add(roles.get(i));
      }
    }
    return some.isEmpty() ? Optional.empty() : Optional.of(new LinearGroup(some, theirs));
  }

  /** The group with each linear changed. */
  LinearGroup reshaped(UnaryOperator<Linear> change) {
    return new LinearGroup(parts.stream().map(change).toList(), roles);
  }

  /** Queries, keys and values. */
  public static LinearGroup queriesKeysValues(Linear queries, Linear keys, Linear values) {
    return new LinearGroup(
        List.of(queries, keys, values), List.of(Role.QUERIES, Role.KEYS, Role.VALUES));
  }

  /** Queries alone. */
  public static LinearGroup queries(Linear queries) {
    return new LinearGroup(List.of(queries), List.of(Role.QUERIES));
  }

  /** Keys and values. */
  public static LinearGroup keysValues(Linear keys, Linear values) {
    return new LinearGroup(List.of(keys, values), List.of(Role.KEYS, Role.VALUES));
  }

  /** Whether the weight that a linear is stored in makes queries or keys. */
  public boolean storedWithQueriesOrKeys(Linear linear) {
    for (int i = 0; i < parts.size(); i++) {
      boolean sensitive = roles.get(i) == Role.QUERIES || roles.get(i) == Role.KEYS;
      if (sensitive && parts.get(i).tensor().equals(linear.tensor())) {
        return true;
      }
    }
    return false;
  }

  /** The same where some linears have biases too. */
  LinearGroup withBiases(Set<String> biased) {
    return new LinearGroup(
        parts.stream().map(part -> biased.contains(part.name()) ? part.withBias() : part).toList(),
        roles);
  }

  /**
   * The linear that makes values.
   *
   * @throws IllegalStateException if none does
   */
  public Linear values() {
    int index = roles.indexOf(Role.VALUES);
    if (index < 0) {
      throw new IllegalStateException(linears() + " make no values");
    }
    return parts.get(index);
  }

  /** Names within the layer. */
  public List<String> linears() {
    return parts.stream().map(Linear::name).toList();
  }

  /** Width of the input. */
  public long inFeatures() {
    return parts.get(0).inFeatures();
  }
}
