package dev.assay.engine.teacher.prompt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Texts that are known by their shingles, and found among other words. */
final class ShingledItems {
  /** Of those of one text this share is found where the text is, but for a word or two. */
  private static final double SHARE = 0.8;

  private final List<Item> items = new ArrayList<>();
  private final Map<String, List<Integer>> itemsByShingle = new HashMap<>();

  private record Item(String set, int shingles) {}

  /**
   * Items of a file.
   *
   * @param lines a set, and the different shingles of one of its texts, with spaces between
   */
  ShingledItems(List<String> lines) {
    for (String line : lines) {
      String[] parts = line.split(" ");
      for (String shingle : Arrays.asList(parts).subList(1, parts.length)) {
        itemsByShingle.computeIfAbsent(shingle, unused -> new ArrayList<>()).add(items.size());
      }
      items.add(new Item(parts[0], parts.length - 1));
    }
  }

  /** The set of a text that nearly all of is in another; empty if there is none. */
  Optional<String> setIn(String text) {
    Map<Integer, Integer> found = new HashMap<>();
    for (String shingle : Shingles.of(text)) {
      for (int item : Objects.requireNonNullElse(itemsByShingle.get(shingle), List.<Integer>of())) {
        found.merge(item, 1, Integer::sum);
      }
    }
    return found.entrySet().stream()
        .filter(each -> each.getValue() >= SHARE * items.get(each.getKey()).shingles())
        .min(Map.Entry.comparingByKey())
        .map(each -> items.get(each.getKey()).set());
  }
}
