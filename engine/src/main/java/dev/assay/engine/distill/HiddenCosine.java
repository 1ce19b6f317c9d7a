package dev.assay.engine.distill;

import dev.assay.engine.config.Describe;
import org.jspecify.annotations.Nullable;

/**
 * 1 − cos of states.
 *
 * @param projection what the student's states go through; null for one linear each where widths
 *     differ, else none
 * @see <a href="https://arxiv.org/abs/1910.01108">Sanh et al. 2019, DistilBERT</a>
 */
public record HiddenCosine(
    @Describe(
            "linears that the student's states go through; left out, one each where widths differ")
        @Nullable Projection projection)
    implements ProjectedStates {
  @Override
  public String comparison() {
    return "Cosine";
  }
}
