package dev.assay.engine.conditional;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.SeenExperts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the outputs of a layer's experts change without some of them: the Frobenius norm of the
 * change of a sample, summed over samples. What experts read comes from the uncompressed layers.
 *
 * @see <a href="https://arxiv.org/abs/2402.14800">Lu et al. 2024</a>
 */
final class ExpertLosses {
  private final Map<List<Integer>, Double> losses = new LinkedHashMap<>();

  /**
   * @param gone sets of experts to do without
   */
  ExpertLosses(Subsets gone) {
    gone.all().forEach(each -> losses.put(each, 0.0));
  }

  /** Takes up what a sample shows. */
  void add(SeenExperts seen) {
    RoutingScript script = new RoutingScript(seen);
    List<NDArray> outputs = seen.outputs();
    NDArray before = script.shares(List.of());
    losses.replaceAll(
        (gone, sum) -> {
          try (NDArray after = script.shares(gone)) {
            return sum + script.change(outputs, before, after);
          }
        });
  }

  /** By the experts that go, in lexicographic order. */
  Map<List<Integer>, Double> all() {
    return Collections.unmodifiableMap(losses);
  }

  /** The first of those that change least. */
  Map.Entry<List<Integer>, Double> least() {
    return losses.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
  }
}
