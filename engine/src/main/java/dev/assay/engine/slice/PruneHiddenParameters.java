package dev.assay.engine.slice;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The residual stream keeps some of its channels, the same from the embedding to the head.
 *
 * @param keep share of its width that stays
 * @param score by what those that stay are chosen
 * @param multiple what the width is rounded down to a multiple of
 * @param recovery how what reads the stream makes up for the channels that go; null for not at all
 * @see <a href="https://arxiv.org/abs/2407.14679">Muralidharan et al. 2024, Minitron</a>
 */
public record PruneHiddenParameters(
    @Default("0.8") @Describe("share of the stream's width that stays") double keep,
    @Default("activation") @Describe("by what the channels that stay are chosen") Score score,
    @Default("8") @Describe("what the width is rounded down to a multiple of") int multiple,
    @Describe("fit what reads the stream to the outputs that it had; not at all if left out")
        @Nullable StreamRefit recovery)
    implements Stage {
  /** What a channel counts for. */
  public enum Score {
    /** Σ over norms of the mean magnitude of what they put out for it. */
    ACTIVATION,
    /** Sum of the squares of all weights that embed, read or write it. */
    MAGNITUDE
  }

  /** How what reads the stream makes up for channels. */
  public enum StreamRefit {
    /** By least squares over calibration tokens. */
    LEAST_SQUARES
  }

  /** Nothing makes up for what goes. */
  public PruneHiddenParameters(double keep, Score score, int multiple) {
    this(keep, score, multiple, null);
  }

  public PruneHiddenParameters {
    Require.that(keep > 0 && keep <= 1, "keep", keep, "a number above 0 and at most 1");
    Require.atLeast("multiple", multiple, 1);
  }

  /** How many channels stay of so many; none where a multiple is more than that. */
  int width(int hidden) {
    return StreamShare.of(keep, hidden, multiple);
  }
}
