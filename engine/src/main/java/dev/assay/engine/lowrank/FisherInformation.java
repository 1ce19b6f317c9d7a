package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much the loss of a model feels the rows and the columns of the weights of its linears: the
 * diagonal of the empirical Fisher information, F = mean over samples of g², g the gradient of one
 * sample's loss, summed over each row and each column. Of a linear two vectors are kept.
 *
 * @see <a href="https://arxiv.org/abs/2207.00112">Hsu et al. 2022, FWSVD</a>
 */
final class FisherInformation {
  private final TorchSession torch;
  private final Map<Place, Sums> sums = new HashMap<>();

  /** A linear of a layer, by the layer's position in the model. */
  private record Place(int layer, String linear) {}

  /** Σ F of each row, and of each column. */
  private static final class Sums {
    private final double[] rows;
    private final double[] columns;

    Sums(double[] rows, double[] columns) {
      this.rows = rows;
      this.columns = columns;
    }
  }

  private FisherInformation(TorchSession torch) {
    this.torch = torch;
  }

  /** That of all linears that a stage works on, by its calibration samples. */
  static FisherInformation of(GradientSurvey survey) {
    FisherInformation information = new FisherInformation(survey.torch());
    survey.look(information.new Gathering(survey.samples()));
    return information;
  }

  /** Sums squares up, a layer at a time. */
  private final class Gathering implements GradientSurvey.Looker {
    private final ScriptModule script = torch.script(FisherInformation.class, "fisher.py");
    private final int samples;
    private final Map<String, NDArray> rows = new HashMap<>();
    private final Map<String, NDArray> columns = new HashMap<>();

    Gathering(int samples) {
      this.samples = samples;
    }

    @Override
    public void see(SurveyedLayer layer, int sample, Map<String, NDArray> gradients) {
      gradients.forEach(
          (linear, gradient) ->
              script.run(
                  "add_squares",
                  gradient,
                  rows.computeIfAbsent(linear, name -> zeros(layer, gradient, 0)),
                  columns.computeIfAbsent(linear, name -> zeros(layer, gradient, 1))));
    }

    private NDArray zeros(SurveyedLayer layer, NDArray gradient, int axis) {
      long size = gradient.getShape().get(axis);
      return torch.tensors().zeros(layer.scope(), DType.FLOAT64, size);
    }

    @Override
    public void seen(SurveyedLayer layer) {
      rows.forEach(
          (linear, sum) ->
              sums.put(
                  new Place(layer.position(), linear),
                  new Sums(mean(sum), mean(columns.getOrDefault(linear, sum)))));
      rows.clear();
      columns.clear();
    }

    private double[] mean(NDArray sum) {
      double[] values = sum.toDoubleArray();
      for (int i = 0; i < values.length; i++) {
        values[i] /= samples;
      }
      return values;
    }
  }

  private Sums sums(int layer, String linear) {
    Sums found = sums.get(new Place(layer, linear));
    if (found == null) {
      throw new IllegalArgumentException("found no gradients of " + linear + " of layer " + layer);
    }
    return found;
  }

  /** Whether the loss feels nothing of a weight, as where no token reached an expert. */
  boolean isSilent(int layer, List<String> linears) {
    for (String linear : linears) {
      for (double row : sums(layer, linear).rows) {
        if (row > 0) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * FWSVD's weights of rows, √Σ F over columns.
   *
   * @param layer its position in the model
   * @param linears those that are stored in one weight
   * @return float32 [out of all]
   */
  NDArray rowWeights(NDManager owner, int layer, List<String> linears) {
    double[] all =
        linears.stream()
            .flatMapToDouble(linear -> Arrays.stream(sums(layer, linear).rows))
            .map(Math::sqrt)
            .toArray();
    return float32(owner, all);
  }

  /**
   * ASVD's statistic of inputs, √ of the mean of F over outputs.
   *
   * @return float32 [in]
   */
  NDArray columnMeans(NDManager owner, int layer, List<String> linears) {
    double[] all = new double[sums(layer, linears.get(0)).columns.length];
    int out = 0;
    for (String linear : linears) {
      Sums own = sums(layer, linear);
      out += own.rows.length;
      for (int i = 0; i < all.length; i++) {
        all[i] += own.columns[i];
      }
    }
    for (int i = 0; i < all.length; i++) {
      all[i] = Math.sqrt(all[i] / out);
    }
    return float32(owner, all);
  }

  private NDArray float32(NDManager owner, double[] values) {
    try (NDManager scope = owner.newSubManager()) {
      // A tensor of Java's numbers does not own its memory.
      NDArray cast = torch.tensors().cast(scope, scope.create(values), DType.FLOAT32);
      return torch.tensors().copy(owner, cast);
    }
  }
}
