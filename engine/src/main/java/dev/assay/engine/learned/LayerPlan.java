package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.learned.LayerSequences.Wanted;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the grids of a layer's linears are learned together. In the end the loss on all sequences
 * decides between what was learned and rounding to nearest, so that it is never worse than that.
 *
 * @param learner what is learned
 * @param wanted what outputs are to be
 * @param keepsBest whether the step of the least loss wins; otherwise the last
 * @param batch sequences that go through the layer at once
 * @param course the steps
 * @param nearest the grid that a linear is rounded on that saw too little
 */
record LayerPlan(
    GridLearner learner,
    Wanted wanted,
    Optimizer optimizer,
    Schedule schedule,
    boolean keepsBest,
    int batch,
    Course course,
    UniformGrid nearest) {
  /** Compresses a layer. */
  void compress(LayerContext layer) {
    List<String> linears = new ArrayList<>();
    Map<String, String> few = new LinkedHashMap<>();
    for (LinearGroup group : layer.layout().groups()) {
      Optional<String> why = layer.statistics(group).tooFew();
      why.ifPresent(reason -> group.linears().forEach(linear -> few.put(linear, reason)));
      if (why.isEmpty()) {
        linears.addAll(group.linears());
      }
    }
    layer.forgetStatistics();
    if (linears.isEmpty()) {
      round(layer, few);
      return;
    }
    try (LayerSequences sequences = LayerSequences.of(layer, wanted)) {
      round(layer, few);
      Map<String, QuantizedWeight> found = new LinkedHashMap<>();
      String note = learn(layer, sequences, linears, found);
      found.forEach((linear, weight) -> layer.storeQuantized(linear, weight, note));
    }
  }

  private void round(LayerContext layer, Map<String, String> few) {
    few.forEach((linear, why) -> RoundToNearest.store(layer, linear, nearest, Optional.of(why)));
  }

  /** What came of it, in words. */
  private String learn(
      LayerContext layer,
      LayerSequences sequences,
      List<String> linears,
      Map<String, QuantizedWeight> found) {
    try (LayerLearning learning =
        new LayerLearning(layer, sequences, linears, learner, optimizer, schedule, keepsBest)) {
      double nearest = nearest(learning);
      course.run(learning);
      if (keepsBest) {
        learning.trainer().restoreBest();
      }
      double learned = learning.loss(batch);
      boolean better = learned < nearest;
      if (!better) {
        learning.toNearest();
      }
      linears.forEach(linear -> found.put(linear, learning.stored(layer.scope(), linear)));
      return better
          ? String.format(
              Locale.ROOT, "layer's error %.3f times that of nearest", learned / nearest)
          : "rounded to nearest: nothing learned was better";
    }
  }

  private double nearest(LayerLearning learning) {
    try (NDManager scope = learning.manager().newSubManager()) {
      Map<String, NDArray> initial = learning.copies(scope);
      learning.toNearest();
      double nearest = learning.loss(batch);
      learning.restore(initial);
      return nearest;
    }
  }
}
