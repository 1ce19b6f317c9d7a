package dev.assay.engine.learned;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.learned.LayerSequences.Wanted;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.weight.GridForm;
import java.util.Optional;
import java.util.Set;

/**
 * Trains all linears of a layer with their grids, on the inputs that the trained layers before
 * give, against the outputs that the layer had in the model before the stage.
 */
class BlockQatMethod implements LayerwiseMethod {
  /** Both streams, and the outputs that are wanted. */
  private static final int STATES = 3;

  /** Weights in training, gradients, two moments, and twice what passes through a rounding. */
  private static final int LAYERS = 6;

  private final BlockQatParameters parameters;
  private final BlockLearner learner;

  BlockQatMethod(BlockQatParameters parameters) {
    this.parameters = parameters;
    this.learner =
        new BlockLearner(
            parameters.bits(),
            parameters.groupSize(),
            parameters.weightRate(),
            parameters.gridRate());
  }

  @Override
  public Set<Statistic> statistics() {
    // How many tokens a linear saw, and whether they said anything.
    return Set.of(Statistic.GREATEST_MAGNITUDES);
  }

  @Override
  public Propagation propagation() {
    return Propagation.BOTH;
  }

  @Override
  public int states() {
    return STATES;
  }

  @Override
  public int layersInTraining() {
    return LAYERS;
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(learner.form());
  }

  /** An encoder's output is what the stage makes of it, and not there as it was too. */
  @Override
  public void requireFits(ModelSpec spec) {
    if (spec.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new BadInputException(
          "found an encoder and a decoder, expected a model of one stack: layers are held against what they had without the stage");
    }
  }

  @Override
  public void compress(LayerContext layer) {
    int learned = layer.inputs().size() - parameters.heldOut();
    if (learned < 1) {
      throw new BadInputException(
          "heldOut: found %d, expected fewer than the %d calibration samples"
              .formatted(parameters.heldOut(), layer.inputs().size()));
    }
    int steps = parameters.epochs() * ((learned + parameters.batch() - 1) / parameters.batch());
    new LayerPlan(
            learner,
            Wanted.WITHOUT_STAGE,
            Optimizer.adamW(parameters.weightDecay()),
            new Schedule.TwiceLowered(steps, parameters.floor()),
            false,
            parameters.batch(),
            course(),
            new UniformGrid(parameters.bits(), parameters.groupSize(), false, false))
        .compress(layer);
  }

  /** The steps in a layer. */
  Course course() {
    return new WatchedEpochs(
        parameters.batch(), parameters.epochs(), parameters.heldOut(), parameters.patience());
  }
}
