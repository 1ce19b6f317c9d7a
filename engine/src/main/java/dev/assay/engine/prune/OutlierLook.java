package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A look at a model that says how much each layer gives, as OWL has it.
 *
 * @param sparsity share of all weights that goes
 * @see <a
 *     href="https://github.com/luuyin/OWL/blob/dddb7a4/lib/prune_all.py">prune_wanda_outlier</a>
 */
record OutlierLook(OutlierBudgets settings, double sparsity) {
  /** What is to be known of inputs. */
  static final Set<Statistic> SCORED = Set.of(Statistic.SQUARED_NORMS);

  /** The published code's, where a layer would have to give less than nothing. */
  private static final double LEAST = 0.01;

  /** What goes from each layer, by its position. */
  Map<Integer, Sparsity> budgets(LayerSurvey survey) {
    SortedMap<Integer, Double> outliers = outlierShares(survey);
    List<Double> ratios = ratios(new ArrayList<>(outliers.values()), settings.spread(), sparsity);
    Map<Integer, Sparsity> budgets = new TreeMap<>();
    int at = 0;
    for (Integer layer : outliers.keySet()) {
      budgets.put(layer, new Sparsity.Unstructured(ratios.get(at++)));
    }
    return budgets;
  }

  /** Of each layer, by its position, the percents of its weights that stand out. */
  SortedMap<Integer, Double> outlierShares(LayerSurvey survey) {
    SortedMap<Integer, Double> shares = new TreeMap<>();
    survey.look(SCORED, layer -> shares.put(layer.position(), outlierShare(layer)));
    return shares;
  }

  private double outlierShare(SurveyedLayer layer) {
    double[] sum = {0};
    long[] count = {0};
    scores(
        layer,
        (script, score) -> {
          sum[0] += script.callForDouble("total", score);
          count[0] += score.size();
        });
    double border = settings.above() * sum[0] / count[0];
    long[] above = {0};
    scores(layer, (script, score) -> above[0] += script.callForLong("count_above", score, border));
    return count[0] == 0 ? 0 : 100.0 * above[0] / count[0];
  }

  /** Shows the scores of one stored weight after another. */
  private static void scores(SurveyedLayer layer, BiConsumer<ScriptModule, NDArray> looker) {
    ScriptModule script = SmallestScores.script(layer.torch());
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statistics(group);
      if (statistics.tooFew().isPresent()) {
        continue;
      }
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weights(scope, linears);
          looker.accept(
              script, script.call(scope, "wanda_score", weight, statistics.squaredNorms()));
        }
      }
    }
  }

  /**
   * Shares of the weights of layers that go.
   *
   * @param outliers of each layer the share of those that stand out, in any unit
   * @param spread how far shares may be from the mean
   * @param sparsity share of the weights that is to go, were all layers alike
   */
  static List<Double> ratios(List<Double> outliers, double spread, double sparsity) {
    double least = outliers.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double most = outliers.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    List<Double> kept =
        outliers.stream()
            .map(share -> most > least ? (share - least) / (most - least) * 2 * spread : 0)
            .toList();
    double mean = kept.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    return kept.stream()
        .map(share -> 1 - (share - mean + 1 - sparsity))
        .map(ratio -> ratio <= 0 ? LEAST : Math.min(ratio, 1 - LEAST))
        .toList();
  }
}
