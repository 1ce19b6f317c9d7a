package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GradientSums;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Scores heads and channels by what the loss would lose with the rows and columns that go with
 * them.
 *
 * @see <a
 *     href="https://github.com/horseee/LLM-Pruner/blob/128a07d/LLMPruner/pruner/hf_llama_pruner.py">
 *     TaylorImportance</a>
 */
final class TaylorScorer implements GradientSurvey.Looker {
  private static final int ATTENTION_OUT = 1;

  private final LlmPrunerParameters parameters;
  private final int samples;
  private final ScriptModule script;
  private final SortedMap<Integer, WidthScores> scores = new TreeMap<>();

  private final GradientSums gradients;
  private final GradientSums squares;

  /**
   * @param survey whose gradients it is to see
   */
  TaylorScorer(LlmPrunerParameters parameters, GradientSurvey survey) {
    this.parameters = parameters;
    this.samples = survey.samples();
    this.script = survey.torch().script(TaylorScorer.class, "taylor.py");
    this.gradients = GradientSums.ofValues(survey.torch());
    this.squares = GradientSums.ofSquares(survey.torch());
  }

  /** Of each layer, by its position. */
  SortedMap<Integer, WidthScores> scores() {
    return Collections.unmodifiableSortedMap(scores);
  }

  @Override
  public void see(SurveyedLayer layer, int sample, Map<String, NDArray> found) {
    gradients.add(layer, found);
    if (usesSquares()) {
      squares.add(layer, found);
    }
  }

  private boolean usesSquares() {
    return parameters.taylor() == Taylor.SECOND || parameters.taylor() == Taylor.MIXED;
  }

  @Override
  public void seen(SurveyedLayer layer) {
    LayerSpec spec = layer.spec();
    List<LinearGroup> groups = spec.layout().groups();
    int first = spec.firstFeedForward();
    double[] attention = new double[0];
    if (Unit.HEADS.goes(spec, layer.layout().names())) {
      List<double[]> members = new ArrayList<>();
      groups.get(0).linears().forEach(linear -> members.add(heads(spec, of(layer, linear, true))));
      members.add(heads(spec, of(layer, groups.get(ATTENTION_OUT).linears().get(0), false)));
      attention = parameters.reduction().of(members);
    }
    List<double[]> channels = new ArrayList<>();
    if (Unit.CHANNELS.goes(spec, layer.layout().names())) {
      for (int group = first; group < groups.size(); group += 2) {
        List<double[]> members = new ArrayList<>();
        groups.get(group).linears().forEach(linear -> members.add(of(layer, linear, true)));
        members.add(of(layer, groups.get(group + 1).linears().get(0), false));
        channels.add(parameters.reduction().of(members));
      }
    }
    scores.put(layer.position(), new WidthScores(spec, attention, channels));
    gradients.clear();
    squares.clear();
  }

  /** Of each row, or column, of a linear. */
  private double[] of(SurveyedLayer layer, String linear, boolean rows) {
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray gradient = gradients.of(linear);
      NDArray saliency =
          script.call(
              scope,
              parameters.taylor().name().toLowerCase(Locale.ROOT),
              layer.weight(linear),
              gradient,
              usesSquares() ? squares.of(linear) : gradient,
              samples);
      boolean whole = parameters.taylor() == Taylor.VECTORIZE;
      return WidthScores.doubles(script.call(scope, "along", saliency, rows, whole));
    }
  }

  /** Of each feature of the keys: those of the queries that go with it added up. */
  private double[] heads(LayerSpec spec, double[] features) {
    int width = spec.attention().headDimension();
    int keys = spec.attention().keyValueHeads();
    int served = features.length / (keys * width);
    double[] sums = new double[keys * width];
    for (int i = 0; i < features.length; i++) {
      int head = i / width;
      int key = parameters.publishedGroups() ? head % keys : head / served;
      sums[key * width + i % width] += features[i];
    }
    return sums;
  }
}
