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
 * @param brokenOff attempts that came to no answer, of which the teacher may have counted tokens
 *     all the same
 * @param usage tokens of those that it did
 * @param price what tokens cost; null if nobody said
 */
public record Spending(
    long requests,
    long cached,
    long uncounted,
    long brokenOff,
    Usage usage,
    @Nullable Price price) {
  /**
   * The cost; empty where it cannot be told, which is not 0. It is the least that it may be where
   * attempts broke off.
   */
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
    if (cost().isPresent()) {
      String number = String.format(Locale.ROOT, "%.6f", cost().getAsDouble());
      return brokenOff == 0
          ? number
          : "at least " + number + " (" + brokenOff + " attempts broke off, uncounted)";
    }
    return "unsupported (the server counted no tokens of " + uncounted + " answers)";
  }
}
