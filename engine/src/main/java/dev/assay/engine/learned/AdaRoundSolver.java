package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Parameter;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.train.Trainer;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;

/**
 * AdaRound for one linear. A weight w on a grid of scale s lies at a share of the way from the code
 * below to the one above; the share is learned as a sigmoid stretched to −0.1 … 1.1 and held within
 * 0 and 1. What drives it to either end sets in after a warm start, with a power that falls along
 * half a cosine: at first those near an end go there, in the end all do.
 *
 * @see <a href="https://github.com/quic/aimet">its authors' code, adaround</a>
 */
final class AdaRoundSolver implements AutoCloseable {
  private final NDManager manager;
  private final AdaRoundParameters parameters;
  private final LearnedWeight weight;
  private final ModuleNode objective;
  private final NDArray alpha;
  private final Trainer trainer;

  /**
   * @param weight float32 [out, in]
   */
  AdaRoundSolver(TorchSession torch, NDArray weight, AdaRoundParameters parameters) {
    this.parameters = parameters;
    this.manager = torch.manager().newSubManager();
    try {
      ScriptModule script = Groups.script(torch);
      Groups groups = new Groups(torch, manager, weight, parameters.groupSize());
      UniformGrid.Fit fit = grid(parameters).fit(torch, manager, weight);
      NDArray scale = script.call(manager, "by_group", fit.scales());
      this.alpha = script.call(manager, "alpha", groups.weight(), scale);
      ModuleNode quantizer =
          LearnedWeight.rounding("AdaRound")
              .with("weight", groups.weight())
              .with("scale", scale)
              .with("zero", script.call(manager, "by_group", fit.zeros()))
              .with("alpha", alpha)
              .with("bits", parameters.bits());
      long columns = weight.getShape().get(1);
      this.weight = LearnedWeight.of(quantizer, List.of(), columns, form(parameters));
      this.objective =
          LearnedWeight.module("AdaRoundObjective")
              .with("quantizer", quantizer)
              .with("columns", columns);
      this.trainer =
          new Trainer(
              torch,
              objective,
              List.of(Parameter.free(objective.nameOf(alpha), parameters.learningRate())),
              Optimizer.adam(),
              new Schedule.Constant(),
              false);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  static UniformGrid grid(AdaRoundParameters parameters) {
    return new UniformGrid(
        parameters.bits(), parameters.groupSize(), parameters.symmetric(), parameters.mse());
  }

  static GridForm form(AdaRoundParameters parameters) {
    return GridForm.published(
        parameters.bits(), parameters.groupSize(), parameters.symmetric(), true);
  }

  /**
   * Makes a step.
   *
   * @param inputs float32 [tokens, in]
   * @return the squared error of the outputs, mean over tokens, and what drives shares to the ends
   */
  double[] step(NDArray inputs) {
    double start = parameters.warmStart() * parameters.iterations();
    int step = trainer.steps();
    double way = (step - start) / (parameters.iterations() - start);
    double beta =
        parameters.lastBeta()
            + (parameters.firstBeta() - parameters.lastBeta()) * (1 + Math.cos(Math.PI * way)) / 2;
    double strength = step < start ? 0 : parameters.regularization();
    try (NDManager scope = manager.newSubManager()) {
      return trainer.step(List.of(inputs, scope.create(new double[] {strength, beta})));
    }
  }

  /** What is learned: the numbers before the sigmoid, float32 [out, groups, size]. */
  NDArray alpha() {
    return trainer.parameter(objective.nameOf(alpha));
  }

  /** The weight rounded up where its share is at least a half, owned by {@code owner}. */
  QuantizedWeight rounded(NDManager owner) {
    return weight.stored(owner, initial -> trainer.parameter(objective.nameOf(initial)));
  }

  @Override
  public void close() {
    trainer.close();
    manager.close();
  }
}
