package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.calibration.SurveyedStore;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Fits the weights that a stage has left of a model of one stack, each row on its own mask, to the
 * outputs that linears had before it, on the inputs that they had then.
 */
final class SurveyedRefit {
  private static final int MAIN = 0;

  private final WorkingModel model;
  private final StageContext context;
  private final TorchSession torch;

  SurveyedRefit(WorkingModel model, StageContext context) {
    this.model = model;
    this.context = context;
    this.torch = context.torch();
  }

  /**
   * Puts the fitted weights in the place of those that are left.
   *
   * @param except those that stay as they are
   */
  void run(Set<ScoreSource.Place> except, SurveyedStore store) {
    LayerWeights left = model.now().layers(MAIN);
    new LayerSurvey(model.before(), context)
        .look(
            Set.of(Statistic.HESSIAN),
            layer -> {
              for (LinearGroup group : layer.layout().groups()) {
                for (List<String> linears : layer.layout().storedTogether(group)) {
                  ScoreSource.Place place = new ScoreSource.Place(layer.position(), linears.get(0));
                  if (!except.contains(place)) {
                    fit(layer, group, linears, left, store);
                  }
                }
              }
              context.progress().done(layer.position() + 1, model.spec().layers());
            });
  }

  private void fit(
      SurveyedLayer layer,
      LinearGroup group,
      List<String> linears,
      LayerWeights left,
      SurveyedStore store) {
    GroupStatistics inputs = layer.statistics(group);
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray values = values(scope, layer, linears, left);
      if (inputs.tooFew().isPresent()) {
        store.put(
            layer, linears, values, null, List.of(Refitting.leftAlone(inputs.tooFew().get())));
        return;
      }
      NDArray gone = values.eq(0);
      gone.attach(scope);
      store.put(
          layer,
          linears,
          MaskRecovery.recover(
              torch,
              scope,
              layer.weights(scope, linears),
              new PrunedWeight(values, gone),
              inputs.hessian(),
              MaskRecovery.RIDGE),
          null);
    }
  }

  private NDArray values(
      NDManager scope, SurveyedLayer layer, List<String> linears, LayerWeights left) {
    List<NDArray> each = new ArrayList<>();
    for (String name : linears) {
      Linear linear = layer.layout().linear(name);
      StoredWeight weight = left.linears(scope, layer.position(), List.of(linear)).get(name);
      each.add(Objects.requireNonNull(weight, name).dequantize(torch, scope));
    }
    return each.size() == 1 ? each.get(0) : torch.tensors().concatenate(scope, each, 0);
  }
}
