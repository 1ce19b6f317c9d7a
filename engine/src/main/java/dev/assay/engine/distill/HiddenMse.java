package dev.assay.engine.distill;

import dev.assay.engine.config.Describe;
import org.jspecify.annotations.Nullable;

/**
 * Mean square of what states differ by.
 *
 * @param projection what the student's states go through; null for one linear each where widths
 *     differ, else none
 * @see <a href="https://arxiv.org/abs/1909.10351">Jiao et al. 2020, TinyBERT</a>
 */
public record HiddenMse(
    @Describe(
            "linears that the student's states go through; left out, one each where widths differ")
        @Nullable Projection projection)
    implements ProjectedStates {
  @Override
  public String comparison() {
    return "MeanSquare";
  }
}
