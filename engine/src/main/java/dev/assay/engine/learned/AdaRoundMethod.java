package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Learns the rounding of a layer's linears one after the other, on the inputs that those before
 * give. Rounding to nearest stays where its error on all inputs is no greater.
 */
final class AdaRoundMethod implements LayerwiseMethod {
  private final AdaRoundParameters parameters;

  AdaRoundMethod(AdaRoundParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.INPUTS, Statistic.HESSIAN);
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(AdaRoundSolver.form(parameters));
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    // A layer draws by itself, so that a walk that goes on there draws the same.
    SplittableRandom random = new SplittableRandom(parameters.seed() + layer.index());
    UniformGrid unlearned =
        new UniformGrid(parameters.bits(), parameters.groupSize(), parameters.symmetric(), false);
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statisticsNow(group);
      Optional<String> tooFew = statistics.tooFew();
      for (String linear : group.linears()) {
        SplittableRandom own = random.split();
        if (tooFew.isPresent()) {
          RoundToNearest.store(layer, linear, unlearned, tooFew);
        } else {
          learn(layer, linear, statistics, own);
        }
      }
      layer.forgetStatistics();
    }
  }

  private void learn(
      LayerContext layer, String linear, GroupStatistics statistics, SplittableRandom random) {
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray weight = layer.weight(linear);
      UniformGrid grid =
          new UniformGrid(
              parameters.bits(), parameters.groupSize(), parameters.symmetric(), parameters.mse());
      QuantizedWeight learned = learned(layer, scope, weight, statistics, random);
      QuantizedWeight nearest = RoundToNearest.quantize(layer.torch(), scope, weight, grid);
      double error = error(layer, weight, learned, statistics);
      double before = error(layer, weight, nearest, statistics);
      boolean better = error < before;
      String note =
          better
              ? String.format(Locale.ROOT, "error %.3f times that of nearest", error / before)
              : "rounded to nearest: nothing learned was better";
      layer.storeQuantized(
          linear,
          better ? learned : nearest,
          RoundToNearest.note(layer.torch(), weight, grid, Optional.of(note)));
    }
  }

  private QuantizedWeight learned(
      LayerContext layer,
      NDManager owner,
      NDArray weight,
      GroupStatistics statistics,
      SplittableRandom random) {
    ScriptModule script = Groups.script(layer.torch());
    int tokens = Math.toIntExact(statistics.tokens());
    try (AdaRoundSolver solver = new AdaRoundSolver(layer.torch(), weight, parameters)) {
      for (int[] which : Order.drawn(random, tokens, parameters.batch(), parameters.iterations())) {
        try (NDManager scope = owner.newSubManager()) {
          long[] sorted = IntStream.of(which).sorted().asLongStream().toArray();
          NDArray rows = scope.create(sorted);
          solver.step(script.call(scope, "tokens", statistics.inputs(), rows));
        }
      }
      return solver.rounded(owner);
    }
  }

  private static double error(
      LayerContext layer, NDArray weight, QuantizedWeight rounded, GroupStatistics statistics) {
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray values = rounded.dequantize(layer.torch(), scope);
      return Groups.script(layer.torch())
          .callForDouble("output_error", weight, values, statistics.hessian());
    }
  }
}
