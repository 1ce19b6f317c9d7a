package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A norm whose channels can be smoothed, with what calibration tells of its output.
 *
 * @param greatest float32 [channels], the greatest magnitudes of its output
 * @param weights all that read it, a router among them
 * @param readers linears by the inputs that they see: all tokens, or those of one expert
 */
record SmoothedNorm(
    LayerContext layer, NDArray greatest, List<NDArray> weights, List<Readers> readers) {
  /** Linears of one group, and what calibration tells of their input. */
  record Readers(List<String> linears, GroupStatistics statistics) {}

  /** Whether a folding moves factors from a norm. */
  static boolean feeds(Folding folding) {
    return folding.source() instanceof Source.Norm || folding.source() instanceof Source.RoutedNorm;
  }

  /**
   * The norm of a folding that moves factors from one; nothing where calibration saw too little of
   * what it puts out.
   */
  static Optional<SmoothedNorm> of(LayerContext layer, Folding folding) {
    boolean routed = folding.source() instanceof Source.RoutedNorm;
    List<Readers> readers = new ArrayList<>();
    for (LinearGroup group : layer.layout().groups()) {
      boolean reads =
          routed
              ? folding.linears().containsAll(group.linears())
              : layer.foldings(group).contains(folding);
      if (reads) {
        GroupStatistics statistics = layer.statistics(group);
        if (routed ? statistics.tokens() > 0 : statistics.tooFew().isEmpty()) {
          readers.add(new Readers(routed ? group.linears() : folding.linears(), statistics));
        }
      }
    }
    if (readers.isEmpty()) {
      return Optional.empty();
    }
    // Every token reaches some expert, so that theirs together are all that the router sees.
    NDArray greatest = readers.get(0).statistics().greatestMagnitudes().duplicate();
    greatest.attach(layer.scope());
    for (Readers more : readers.subList(1, readers.size())) {
      greatest = greatest.maximum(more.statistics().greatestMagnitudes());
      greatest.attach(layer.scope());
    }
    List<NDArray> weights = new ArrayList<>();
    folding.linears().forEach(linear -> weights.add(layer.weight(linear)));
    if (routed) {
      String router = Objects.requireNonNull(layer.layout().modules().get(LayerModule.ROUTER));
      weights.add(layer.value(router).orElseThrow());
    }
    return Optional.of(new SmoothedNorm(layer, greatest, weights, readers));
  }

  /** What its channels are divided by under an alpha. */
  NDArray scales(NDManager owner, double alpha) {
    return SmoothQuantMethod.scales(layer.torch(), owner, greatest, weights, alpha);
  }
}
