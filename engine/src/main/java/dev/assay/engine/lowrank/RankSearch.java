package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;

/**
 * Searches ranks as ASVD has it: each linear alone is tried at some shares, and those that cost the
 * perplexity least are taken until the model keeps no more than it is to.
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
}
