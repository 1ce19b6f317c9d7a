package dev.assay.engine.structured;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.trim.KeptIds;
import dev.assay.engine.tokenizer.trim.TrimmableTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Chooses what stays of a vocabulary, together with whatever it is merged from.
 *
 * @param tokenizer the vocabulary
 * @param required ids that stay at any rate
 */
record KeptTokens(TrimmableTokenizer tokenizer, Set<Integer> required) {
  KeptTokens {
    required = Set.copyOf(required);
  }

  /**
   * The tokens that are used most; of those that are used alike the ones of lower ids, which of
   * merged tokens are the ones that came first. One that does not fit with what it is merged from
   * is left out for one that does.
   *
   * @param counts how often each id is used; 0 for those that are not named
   * @param keep how many stay in all
   * @throws BadInputException if that is less than what has to stay, or more than there are
   */
  KeptIds byCount(Map<Integer, Long> counts, int keep) {
    Set<Integer> all = tokenizer.tokens().keySet();
    if (keep > all.size()) {
      throw new BadInputException(
          "keep: found %d, expected at most %d, the tokens of %s"
              .formatted(keep, all.size(), tokenizer.name()));
    }
    Set<Integer> kept = closed(required);
    if (keep < kept.size()) {
      throw new BadInputException(
          "keep: found %d, expected at least %d: special tokens, the alphabet and what they are merged from stay"
              .formatted(keep, kept.size()));
    }
    List<Integer> order = new ArrayList<>(all);
    order.sort(
        Comparator.comparingLong((Integer id) -> -counts.getOrDefault(id, 0L))
            .thenComparingInt(id -> id));
    for (int id : order) {
      if (kept.size() == keep) {
        break;
      }
      Set<Integer> parts = new HashSet<>(tokenizer.parts(id));
      parts.removeAll(kept);
      if (kept.size() + parts.size() <= keep) {
        kept.addAll(parts);
      }
    }
    return new KeptIds(kept);
  }

  /**
   * The tokens of a list, a token or an id a line; a line of digits alone is an id. Empty lines are
   * passed over.
   *
   * @param file where it stands, for messages
   * @throws BadInputException if a line names no token; the message says which
   */
  KeptIds listed(String file, String text) {
    Set<Integer> named = new TreeSet<>(required);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isEmpty()) {
        named.add(id(file, i + 1, line));
      }
    }
    return new KeptIds(closed(named));
  }

  private int id(String file, int number, String line) {
    boolean digits = line.matches("[0-9]{1,9}");
    OptionalInt found = digits ? OptionalInt.of(Integer.parseInt(line)) : tokenizer.find(line);
    if (found.isEmpty() || !tokenizer.tokens().containsKey(found.getAsInt())) {
      throw new BadInputException(
          "list: %s: line %d: found '%s', expected %s of %s"
              .formatted(
                  file,
                  number,
                  line,
                  digits ? "the id of a token" : "a token, as it is written there, or an id,",
                  tokenizer.name()));
    }
    return found.getAsInt();
  }

  private Set<Integer> closed(Set<Integer> ids) {
    Set<Integer> closed = new TreeSet<>();
    ids.forEach(id -> closed.addAll(tokenizer.parts(id)));
    return closed;
  }
}
