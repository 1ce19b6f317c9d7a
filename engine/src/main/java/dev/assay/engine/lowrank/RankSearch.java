package dev.assay.engine.lowrank;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;
import java.util.Locale;

/**
 * Searches ranks by what linears cost the model: each alone is tried at some shares, and ranks are
 * least where that costs least. ASVD goes by perplexity and a place in a row of all trials, as
 * published; the other methods by the least sum of losses.
 *
 * @param shares of a linear's parameters that are tried, rising
 * @param samples how many calibration samples are looked at, the first
 * @see <a href="https://arxiv.org/abs/2312.05821">Yuan et al. 2023, ASVD, section 3.3</a>
 */
public record RankSearch(
    @Default("[0.4, 0.5, 0.6, 0.7, 0.8, 0.9]")
        @Describe("shares of a linear's parameters that are tried, rising")
        List<Double> shares,
    @Default("8") @Describe("calibration samples that are looked at, the first") int samples) {
  public RankSearch {
    shares = List.copyOf(shares);
    boolean rising = shares.equals(shares.stream().distinct().sorted().toList());
    Require.that(
        !shares.isEmpty() && rising && shares.stream().allMatch(each -> each > 0 && each < 1),
        "shares",
        shares,
        "numbers above 0 and below 1, rising");
    Require.atLeast("samples", samples, 1);
  }

  /**
   * Makes sure that linears can be left with a share together, where that is known only once they
   * are.
   *
   * @throws BadInputException if all that are tried are greater
   */
  void requireReaches(double keep) {
    if (shares.get(0) > keep) {
      throw new BadInputException(
          "search.shares: found %s, expected %s".formatted(shares, lowEnough(keep)));
    }
  }

  private static String lowEnough(double keep) {
    return String.format(
        Locale.ROOT, "one of at most %.4f, the share of the linears that is to stay", keep);
  }

  /**
   * Makes sure that a share can be shared out.
   *
   * @param of what {@code keep} is a share of
   * @throws dev.assay.engine.config.InvalidValueException if not
   */
  void requireFits(double keep, KeepOf of) {
    Require.that(
        of != KeepOf.SINGULAR_VALUES,
        "of",
        "singular-values",
        "linears or model with a search, which shares out parameters");
    if (of == KeepOf.LINEARS) {
      Require.that(shares.get(0) <= keep, "search.shares", shares, lowEnough(keep));
    }
  }
}
