package dev.assay.engine.conditional;

import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.EarlyExits.Exit;
import dev.assay.engine.model.EarlyExits.Point;
import dev.assay.engine.run.ExitingModel;
import dev.assay.engine.run.LanguageModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Finds the threshold at which tokens leave a model, on calibration text. */
final class ExitSearch {
  private final EarlyExitParameters parameters;
  private final ExitingModel model;
  private final int depth;
  private final ExitCost cost;
  private final StageContext context;

  /**
   * @param running with the exits that are wanted, whatever their threshold
   */
  ExitSearch(EarlyExitParameters parameters, LanguageModel running, StageContext context) {
    this.parameters = parameters;
    this.model = running.exiting();
    this.depth = running.architecture().main().depth();
    this.cost = new ExitCost(running.architecture().main());
    this.context = context;
  }

  /**
   * Of the thresholds that keep to the limit the one of the fewest FLOPs, with what the others
   * give.
   *
   * @throws BadInputException if none keeps to it
   */
  EarlyExits run() {
    List<long[]> samples = context.requiredSamples();
    ExitTable table = new ExitTable(parameters.measure());
    for (int i = 0; i < samples.size(); i++) {
      table.add(model.look(samples.get(i)));
      context.progress().done(i + 1, samples.size());
    }
    List<Point> curve =
        table.thresholds(parameters.thresholds()).stream()
            .map(threshold -> point(threshold, table.of(threshold)))
            .sorted(Comparator.comparingDouble(Point::flops))
            .toList();
    Double given = parameters.threshold();
    return given == null
        ? searched(curve, table.full() * (1 + parameters.worse()))
        : exits(given, executed(given).leaving(), curve);
  }

  private Point point(double threshold, ExitTable.Outcome outcome) {
    EarlyExits exits = exits(threshold, outcome.leaving(), List.of());
    return new Point(threshold, outcome.perplexity(), exits.meanLayers(depth), cost.of(exits));
  }

  private EarlyExits exits(double threshold, List<Double> leaving, List<Point> curve) {
    List<Exit> exits = model.exits().exits();
    List<Exit> measured =
        IntStream.range(0, exits.size())
            .mapToObj(i -> new Exit(exits.get(i).after(), leaving.get(i)))
            .toList();
    return new EarlyExits(parameters.measure(), threshold, measured, curve);
  }

  /** What keeps to the limit where no token leaves need not do so where others have left. */
  private EarlyExits searched(List<Point> curve, double limit) {
    double least = Double.POSITIVE_INFINITY;
    for (Point point : curve) {
      least = Math.min(least, point.perplexity());
      if (point.perplexity() <= limit) {
        ExitTable.Outcome outcome = executed(point.threshold());
        least = Math.min(least, outcome.perplexity());
        if (outcome.perplexity() <= limit) {
          return exits(point.threshold(), outcome.leaving(), curve);
        }
      }
    }
    throw new BadInputException(
        String.format(
            Locale.ROOT,
            "worse: found no threshold of %d that keeps the perplexity within %.4g, the best has %.4g;"
                + " expected a greater share, or later exits",
            curve.size(),
            limit,
            least));
  }

  /** With every token decoded, so that tokens read the keys and values of those that have left. */
  private ExitTable.Outcome executed(double threshold) {
    List<Integer> after = model.exits().exits().stream().map(Exit::after).toList();
    long[] left = new long[depth + 1];
    double losses = 0;
    long tokens = 0;
    long scored = 0;
    for (long[] ids : context.requiredSamples()) {
      for (float loss : model.losses(ids, threshold)) {
        losses += loss;
        scored++;
      }
      for (int layers : model.layersUsed(ids, threshold)) {
        left[layers]++;
        tokens++;
      }
    }
    List<Double> leaving = new ArrayList<>();
    for (int layers : after) {
      leaving.add((double) left[layers] / tokens);
    }
    return new ExitTable.Outcome(leaving, Math.exp(losses / scored));
  }
}
