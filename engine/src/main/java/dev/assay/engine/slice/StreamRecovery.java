package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.structured.RecoverySolver;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightRows;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Makes up for channels of the stream in what reads it: to the columns that stay is added what they
 * can tell, by least squares over calibration tokens, of what the others gave. What flows in is
 * what the norms of the model as it was put out, of which those of fewer channels give as much on
 * average. What writes the stream needs nothing: the channels that stay are written as they were.
 */
final class StreamRecovery {
  /** Of the mean second moment, so that channels that say the same do no harm. */
  private static final double RIDGE = 1e-3;

  private static final int MAIN = 0;

  private final TorchSession torch;
  private final StageContext context;
  private final ModelWeights before;
  private final ScriptModule script;
  private final long[] kept;

  /**
   * @param before the model as it was
   * @param kept channels that stay, rising
   */
  StreamRecovery(StageContext context, ModelWeights before, long[] kept) {
    this.torch = context.torch();
    this.context = context;
    this.before = before;
    this.script = torch.script(StreamRecovery.class, "slice.py");
    this.kept = kept.clone();
  }

  /** Shows each layer with what is left of its weights that read the stream. */
  void layers(BiConsumer<Integer, StreamCut.Reader> put) {
    new LayerSurvey(before, context)
        .look(Set.of(Statistic.HESSIAN), layer -> put.accept(layer.position(), reader(layer)));
  }

  private StreamCut.Reader reader(SurveyedLayer layer) {
    return (scope, index, weight) -> {
      LinearGroup group = layer.spec().layout().groups().get(index);
      GroupStatistics told = layer.statistics(group);
      return told.tooFew().isPresent()
          ? WeightRows.columns(torch, scope, weight, kept)
          : fitted(scope, weight, told.hessian());
    };
  }

  /** What is left of a head of its own, which reads the last norm. */
  StreamCut.Reader head(NDManager owner) {
    Stack stack = before.stack(MAIN);
    ModelModuleTensors tensors = before.module(MAIN);
    int hidden = stack.spec().hiddenSize();
    NDArray weight = wide(owner, tensors.weight(owner, ModelModule.FINAL_NORM).orElseThrow());
    NDArray bias =
        tensors
            .bias(owner, ModelModule.FINAL_NORM)
            .map(each -> wide(owner, each))
            .orElseGet(() -> torch.tensors().zeros(owner, DType.FLOAT32, hidden));
    NormSpec norm = stack.spec().norm();
    NDArray moments = torch.tensors().zeros(owner, DType.FLOAT64, hidden, hidden);
    new StateSurvey(before, context)
        .look(
            (boundary, sequence, state) -> {
              if (boundary == stack.depth()) {
                boolean centred = norm.kind() == NormSpec.Kind.LAYER;
                script.run("count_normed", moments, state, centred, norm.epsilon(), weight, bias);
              }
            });
    return (scope, group, head) -> fitted(scope, head, moments);
  }

  private NDArray wide(NDManager owner, NDArray tensor) {
    return torch.tensors().cast(owner, tensor, DType.FLOAT32);
  }

  /**
   * The columns that stay and what makes up for the others.
   *
   * @param moments Σ x xᵀ of what flows in, times any number above 0
   */
  private NDArray fitted(NDManager owner, NDArray weight, NDArray moments) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray gone = script.call(scope, "without", weight, kept);
      NDArray more = new RecoverySolver(torch).leastSquares(scope, gone, kept, moments, RIDGE);
      NDArray left = WeightRows.columns(torch, owner, weight, kept);
      script.run("add", left, more);
      return left;
    }
  }
}
