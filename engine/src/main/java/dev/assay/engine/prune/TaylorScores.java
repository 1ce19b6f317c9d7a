package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GradientSums;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;

/**
 * How far the loss of a model would move without each weight, shown layer by layer from the last to
 * the first. Of one layer as many numbers as it has weights are in memory, and its gradients.
 *
 * @param order which term of the loss's expansion
 */
record TaylorScores(GradientSurvey survey, TaylorParameters.Order order) implements ScoreSource {
  /** Sees the scores of a stored weight. */
  @FunctionalInterface
  interface Looker {
    /**
     * @param linears that are stored in it
     * @param weight float32 [out of all, in]
     * @param score as many numbers, from 0; they live as long as the call
     */
    void see(
        SurveyedLayer layer, NDManager scope, List<String> linears, NDArray weight, NDArray score);
  }

  @Override
  public TorchSession torch() {
    return survey.torch();
  }

  private ScriptModule script() {
    return torch().script(TaylorScores.class, "taylor.py");
  }

  /** Whether the loss moves by none of them, so that they tell nothing. */
  boolean isSilent(NDArray score) {
    return script().callForBoolean("is_silent", score);
  }

  /** Those that tell something. */
  @Override
  public void look(ScoreSource.Looker looker) {
    look(
        (layer, scope, linears, weight, score) -> {
          if (!isSilent(score)) {
            looker.see(scope, new Place(layer.position(), linears.get(0)), score);
          }
        });
  }

  void look(Looker looker) {
    survey.look(new Gathering(script(), looker));
  }

  private final class Gathering implements GradientSurvey.Looker {
    private final ScriptModule script;
    private final Looker looker;
    private final GradientSums sums =
        order == TaylorParameters.Order.FIRST
            ? GradientSums.ofValues(torch())
            : GradientSums.ofSquares(torch());

    Gathering(ScriptModule script, Looker looker) {
      this.script = script;
      this.looker = looker;
    }

    @Override
    public void see(SurveyedLayer layer, int sample, Map<String, NDArray> gradients) {
      sums.add(layer, gradients);
    }

    @Override
    public void seen(SurveyedLayer layer) {
      String score = order == TaylorParameters.Order.FIRST ? "first_order" : "second_order";
      for (LinearGroup group : layer.layout().groups()) {
        for (List<String> linears : layer.layout().storedTogether(group)) {
          try (NDManager scope = layer.scope().newSubManager()) {
            NDArray weight = layer.weights(scope, linears);
            NDArray sum =
                torch().tensors().concatenate(scope, linears.stream().map(sums::of).toList(), 0);
            looker.see(
                layer,
                scope,
                linears,
                weight,
                script.call(scope, score, weight, sum, (long) survey.samples()));
          }
        }
      }
      sums.clear();
    }
  }
}
