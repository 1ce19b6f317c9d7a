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
import java.util.SplittableRandom;

/**
 * Learns the rounding of all linears of a layer together. The layer's output with the weights as
 * they are is what it is held against.
 */
final class AutoRoundMethod implements LayerwiseMethod {
  private final AutoRoundParameters parameters;
  private final RoundingLearner learner;

  AutoRoundMethod(AutoRoundParameters parameters) {
    this.parameters = parameters;
    this.learner =
        new RoundingLearner(
            parameters.bits(),
            parameters.groupSize(),
            parameters.symmetric(),
            parameters.rate(),
            parameters.minMax() ? parameters.rate() : 0);
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
    // A layer draws by itself, so that a walk that goes on there draws the same.
    SplittableRandom random = new SplittableRandom(parameters.seed() + layer.index());
    new LayerPlan(
            learner,
            Wanted.OF_THESE_INPUTS,
            new Optimizer.SignSgd(),
            new Schedule.LinearDecay(parameters.iterations()),
            true,
            parameters.batch(),
            Course.of(all -> Order.drawn(random, all, parameters.batch(), parameters.iterations())),
            new UniformGrid(
                parameters.bits(), parameters.groupSize(), parameters.symmetric(), false))
        .compress(layer);
  }
}
