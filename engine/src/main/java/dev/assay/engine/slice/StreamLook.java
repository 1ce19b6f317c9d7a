package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StreamParts;
import dev.assay.engine.slice.PruneHiddenParameters.Score;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * A look at the channels of a model's residual stream on calibration text: what each counts for,
 * and what the norms make of them. In memory is a layer, and the states of the samples.
 */
final class StreamLook {
  private static final int MAIN = 0;
  private static final long ROWS = 4096;

  private final TorchSession torch;
  private final ScriptModule script;
  private final ModelWeights model;
  private final Stack stack;
  private final boolean centred;
  private final Score score;
  private final double[] scores;
  private final List<Map<LayerModule, StreamNorm>> norms = new ArrayList<>();
  private final Map<ModelModule, StreamNorm> beside = new EnumMap<>(ModelModule.class);

  private StreamLook(TorchSession torch, ModelWeights model, Score score) {
    this.torch = torch;
    this.script = torch.script(StreamLook.class, "slice.py");
    this.model = model;
    this.stack = model.stack(MAIN);
    this.centred = stack.spec().norm().kind() == NormSpec.Kind.LAYER;
    this.score = score;
    this.scores = new double[stack.spec().hiddenSize()];
  }

  /** Looks at a model of one stack, whose layers the stage all works on. */
  static StreamLook at(ModelWeights model, StageContext context, Score score) {
    StreamLook look = new StreamLook(context.torch(), model, score);
    Set<Statistic> wanted =
        EnumSet.of(Statistic.SQUARED_NORMS, Statistic.MEANS, Statistic.MEAN_MAGNITUDES);
    new LayerSurvey(model, context).look(wanted, look::layer);
    look.besideLayers(context);
    return look;
  }

  /** What each channel counts for. */
  double[] scores() {
    return scores.clone();
  }

  /** What is known of the norm of a layer. */
  StreamNorm norm(int layer, LayerModule which) {
    return Objects.requireNonNull(norms.get(layer).get(which), which.name());
  }

  /** The same of one beside the layers. */
  StreamNorm norm(ModelModule which) {
    return Objects.requireNonNull(beside.get(which), which.name());
  }

  private void layer(SurveyedLayer layer) {
    StreamParts parts = StreamParts.of(stack.spec().residual(), layer.spec());
    Map<LayerModule, StreamNorm> here = new EnumMap<>(LayerModule.class);
    // By the order of norms, so that sums are the same each time.
    new TreeMap<>(parts.readers())
        .forEach((norm, groups) -> here.put(norm, norm(layer, norm, groups)));
    norms.add(here);
    if (score == Score.MAGNITUDE) {
      parts.readers().values().stream()
          .flatMap(List::stream)
          .sorted()
          .forEach(group -> count(layer, group, 0));
      parts.writers().forEach(group -> count(layer, group, 1));
      countRouter(layer);
    }
  }

  private void count(SurveyedLayer layer, int group, long axis) {
    for (Linear linear : layer.layout().groups().get(group).parts()) {
      try (NDManager scope = layer.scope().newSubManager()) {
        add(script.call(scope, "squares", layer.weight(linear.name()), axis));
      }
    }
  }

  private void countRouter(SurveyedLayer layer) {
    if (layer.spec().routed()) {
      try (NDManager scope = layer.scope().newSubManager()) {
        NDArray router = model.layers(MAIN).module(scope, layer.position(), LayerModule.ROUTER);
        add(script.call(scope, "squares", Objects.requireNonNull(router), 0L));
      }
    }
  }

  private void add(NDArray each) {
    double[] more = each.toDoubleArray();
    for (int i = 0; i < scores.length; i++) {
      scores[i] += more[i];
    }
  }

  /**
   * All that reads a norm together: of experts each sees some tokens, every token as many of them.
   */
  private StreamNorm norm(SurveyedLayer layer, LayerModule which, List<Integer> groups) {
    double[] squares = new double[scores.length];
    double[] means = new double[scores.length];
    double[] magnitudes = new double[scores.length];
    long tokens = 0;
    for (int index : groups) {
      LinearGroup group = layer.layout().groups().get(index);
      GroupStatistics told = layer.statistics(group);
      if (told.tokens() > 0) {
        tokens += told.tokens();
        add(squares, told.squaredNorms(), told.sequences());
        add(means, told.means(), told.tokens());
        add(magnitudes, told.meanMagnitudes(), told.tokens());
      }
    }
    for (int i = 0; i < scores.length; i++) {
      squares[i] /= tokens;
      means[i] /= tokens;
      if (score == Score.ACTIVATION) {
        scores[i] += magnitudes[i] / tokens;
      }
    }
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray weight =
          Objects.requireNonNull(model.layers(MAIN).module(scope, layer.position(), which));
      NDArray bias = model.layers(MAIN).moduleBias(scope, layer.position(), which);
      return StreamNorm.ofOutputs(
          squares,
          means,
          floats(scope, weight),
          bias == null ? zeros() : floats(scope, bias),
          centred);
    }
  }

  private static void add(double[] sums, NDArray each, long times) {
    float[] values = each.toFloatArray();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (double) values[i] * times;
    }
  }

  private float[] floats(NDManager scope, NDArray tensor) {
    return script.call(scope, "numbers", tensor).toFloatArray();
  }

  private float[] zeros() {
    return new float[scores.length];
  }

  private void besideLayers(StageContext context) {
    ModelModuleTensors tensors = model.module(MAIN);
    try (NDManager scope = torch.manager().newSubManager()) {
      Sums embedded = new Sums();
      Sums last = new Sums();
      boolean normed = stack.names().find(ModelModule.EMBEDDING_NORM).isPresent();
      double epsilon = stack.spec().norm().epsilon();
      new StateSurvey(model, context)
          .look(
              (boundary, sequence, state) -> {
                if (boundary == 0 && normed) {
                  embedded.add(state, script, false, 0);
                } else if (boundary == stack.depth()) {
                  last.add(state, script, centred, epsilon);
                }
              });
      beside.put(ModelModule.FINAL_NORM, new StreamNorm(last.squares(), last.means(), centred));
      if (normed) {
        NDArray weight = tensors.weight(scope, ModelModule.EMBEDDING_NORM).orElseThrow();
        float[] bias =
            tensors
                .bias(scope, ModelModule.EMBEDDING_NORM)
                .map(each -> floats(scope, each))
                .orElseGet(this::zeros);
        beside.put(
            ModelModule.EMBEDDING_NORM,
            StreamNorm.ofOutputs(
                embedded.squares(), embedded.means(), floats(scope, weight), bias, centred));
      }
      if (score == Score.MAGNITUDE) {
        table(scope, tensors.embedding(scope));
        tensors
            .weight(scope, ModelModule.POSITIONS)
            .ifPresent(positions -> table(scope, positions));
        if (!stack.spec().tiedHead()) {
          StoredWeight head = model.linear(scope, stack.names().head());
          table(scope, head.dequantize(torch, scope));
        }
      }
    }
  }

  /** Counts a table of vectors, some rows at a time. */
  private void table(NDManager scope, NDArray table) {
    long rows = table.getShape().get(0);
    for (long from = 0; from < rows; from += ROWS) {
      try (NDManager some = scope.newSubManager()) {
        NDArray part = torch.tensors().rows(some, table, from, Math.min(rows, from + ROWS));
        add(script.call(some, "squares", part, 0L));
      }
    }
  }

  /** Sums over tokens. */
  private final class Sums {
    private final double[] squares = new double[scores.length];
    private final double[] means = new double[scores.length];
    private long tokens;

    /**
     * @param epsilon of the norm by which each token is divided; 0 where it is to be as it is
     */
    void add(NDArray state, ScriptModule script, boolean centred, double epsilon) {
      try (NDManager scope = torch.manager().newSubManager()) {
        List<NDArray> sums = script.callForList(scope, "spread", state, centred, epsilon);
        double[] square = sums.get(0).toDoubleArray();
        double[] mean = sums.get(1).toDoubleArray();
        for (int i = 0; i < squares.length; i++) {
          squares[i] += square[i];
          means[i] += mean[i];
        }
        tokens += state.getShape().get(1);
      }
    }

    double[] squares() {
      return over(squares);
    }

    double[] means() {
      return over(means);
    }

    private double[] over(double[] sums) {
      double[] each = new double[sums.length];
      for (int i = 0; i < sums.length; i++) {
        each[i] = sums[i] / tokens;
      }
      return each;
    }
  }
}
