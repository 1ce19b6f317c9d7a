package dev.assay.engine.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/**
 * The names known in some place, and the one that a misspelt name probably stands for.
 *
 * @param known names in the order in which they are shown
 */
public record Names(Collection<String> known) {
  private static final double ALIKE = 0.8;
  private static final int SHOWN = 50;

  /** The known name most alike, if any is alike at all (Jaro-Winkler similarity of 0.8 or more). */
  public Optional<String> nearest(String name) {
    JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
    String wanted = name.toLowerCase(Locale.ROOT);
    Comparator<String> byLikeness =
        Comparator.comparingDouble(
            candidate -> similarity.apply(wanted, candidate.toLowerCase(Locale.ROOT)));
    return known.stream()
        .max(byLikeness)
        .filter(best -> similarity.apply(wanted, best.toLowerCase(Locale.ROOT)) >= ALIKE);
  }

  /** The end of an error: {@code expected one of [a, b]; did you mean 'a'?} */
  public String expectedInsteadOf(String name) {
    String shown =
        known.size() <= SHOWN
            ? known.toString()
            : known.stream().limit(SHOWN).toList() + " and " + (known.size() - SHOWN) + " more";
    return "expected one of "
        + shown
        + nearest(name).map(best -> "; did you mean '" + best + "'?").orElse("");
  }
}
