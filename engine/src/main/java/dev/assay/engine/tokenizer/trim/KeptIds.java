package dev.assay.engine.tokenizer.trim;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The ids that are left of a vocabulary, and what becomes of them: 0, 1, 2 … in the old order. */
public final class KeptIds {
  private final List<Integer> ids;
  private final Map<Integer, Integer> numbers = new HashMap<>();

  /**
   * @param ids the old ids of what stays, in any order
   */
  public KeptIds(Collection<Integer> ids) {
    this.ids = List.copyOf(new TreeSet<>(ids));
    for (int i = 0; i < this.ids.size(); i++) {
      numbers.put(this.ids.get(i), i);
    }
  }

  /** The old ids, rising; the index of each is its new id. */
  public List<Integer> ids() {
    return ids;
  }

  /** How many stay. */
  public int size() {
    return ids.size();
  }

  public boolean contains(int old) {
    return numbers.containsKey(old);
  }

  /** The new id; nothing where the token is gone. */
  public Optional<Integer> find(int old) {
    return Optional.ofNullable(numbers.get(old));
  }
}
