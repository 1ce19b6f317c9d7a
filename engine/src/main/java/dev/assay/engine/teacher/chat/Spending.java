package dev.assay.engine.teacher.chat;

import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher's answers took.
 *
 * @param requests requests that were answered by the teacher
 * @param cached requests that were answered from the cache, and cost nothing
 * @param uncounted answers of the teacher of which it did not count the tokens
 * @param usage tokens of those that it did
 * @param price what tokens cost; null if nobody said
 */
public record Spending(
    long requests, long cached, long uncounted, Usage usage, @Nullable Price price) {
  /** The cost; empty where it cannot be told, which is not 0. */
  public OptionalDouble cost() {
    return price == null || uncounted > 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(price.of(usage));
  }

  /** The cost for people, or why there is none. */
  public String shownCost() {
    if (price == null) {
      return "unsupported (no price is given)";
    }
    return cost().isPresent()
        ? String.format(Locale.ROOT, "%.6f", cost().getAsDouble())
        : "unsupported (the server counted no tokens of " + uncounted + " answers)";
  }
}
