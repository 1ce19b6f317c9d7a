package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * A label with what belongs to it.
 *
 * @param label label
 * @param values one or more lines
 */
public record Fact(String label, List<String> values) {
  public Fact {
    values = List.copyOf(values);
  }

  /** A fact of one line. */
  public static Fact of(String label, String value) {
    return new Fact(label, List.of(value));
  }
}
