package dev.assay.engine.learned;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.learned.LayerSequences.Wanted;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.weight.GridForm;
import java.util.Optional;
import java.util.Set;

/** Learns how the ranges of all linears of a layer are clipped, together. */
final class OmniQuantMethod implements LayerwiseMethod {
  /** As the published code begins: ends at 0.98 of the range. */
  static final double INITIAL = 4;

  private final OmniQuantParameters parameters;
  private final ClippingLearner learner;

  OmniQuantMethod(OmniQuantParameters parameters) {
    this.parameters = parameters;
    this.learner =
        new ClippingLearner(
            parameters.bits(),
            parameters.groupSize(),
            parameters.symmetric(),
            true,
            true,
            INITIAL,
            parameters.learningRate());
  }

  @Override
  public Set<Statistic> statistics() {
    // How many tokens a linear saw, and whether they said anything.
    return Set.of(Statistic.GREATEST_MAGNITUDES);
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(learner.form());
  }

  @Override
  public void compress(LayerContext layer) {
    new LayerPlan(
            learner,
            Wanted.OF_THESE_INPUTS,
            Optimizer.adamW(parameters.weightDecay()),
            new Schedule.Constant(),
            false,
            parameters.batch(),
            Course.of(all -> Order.epochs(all, parameters.batch(), parameters.epochs())),
            new UniformGrid(
                parameters.bits(), parameters.groupSize(), parameters.symmetric(), false))
        .compress(layer);
  }
}
