package dev.assay.engine.quantize;

import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.InputRange;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.LinearGroup;
import java.util.Optional;

/** The range of a group's inputs, for schemes with one grid for all of them. */
public final class CalibratedRange {
  private CalibratedRange() {}

  /**
   * The range that calibration saw; nothing where it saw too few tokens, which the group's linears
   * then tell: nothing is known of what it did not see, and each token has a grid of its own.
   */
  public static Optional<InputRange> of(LayerContext layer, LinearGroup group) {
    GroupStatistics statistics = layer.statistics(group);
    Optional<String> tooFew = statistics.tooFew();
    if (tooFew.isEmpty()) {
      return Optional.of(statistics.range());
    }
    layer.substitute(
        group.linears(),
        new Substitution("one scale for inputs", "a scale for each token", tooFew.get()));
    return Optional.empty();
  }
}
