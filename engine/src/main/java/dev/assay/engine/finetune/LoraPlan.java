package dev.assay.engine.finetune;

import dev.assay.engine.calibration.NamePattern;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;
import java.util.stream.Stream;

/**
 * Products of two beside linears, which alone are trained, and are folded in at the end.
 *
 * @param rank of each
 * @param alpha by which, over the rank, they are multiplied
 * @param targets names of linears that get one, or patterns of them
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2022, LoRA</a>
 */
public record LoraPlan(
    @Default("8") @Describe("rank of the products") int rank,
    @Default("16") @Describe("what they are multiplied by, over the rank") double alpha,
    @Default("['*']") @Describe("names of linears that get one, or patterns such as '*.q_proj'")
        List<String> targets) {
  public LoraPlan {
    Require.atLeast("rank", rank, 1);
    Require.that(alpha > 0 && Double.isFinite(alpha), "alpha", alpha, "above 0");
    targets = List.copyOf(targets);
    Require.that(!targets.isEmpty(), "targets", targets, "at least one");
    targets.forEach(each -> NamePattern.of("targets", each));
  }

  /** Whether a linear of a layer gets one. */
  boolean takes(String linear) {
    return targets.stream()
        .map(each -> NamePattern.of("targets", each))
        .anyMatch(
            pattern ->
                pattern.fits(Stream.of(linear, linear.substring(linear.lastIndexOf('.') + 1))));
  }
}
