package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/**
 * The residual stream of calibration sequences on its way through a model whose norms are folded:
 * unturned, and projected wherever the model is sliced, which is what the sliced model sees.
 */
final class SlicedStates {
  private final TorchSession torch;
  private final ScriptModule script;
  private final double epsilon;
  private final List<NDArray> states;

  private SlicedStates(TorchSession torch, double epsilon, List<NDArray> states) {
    this.torch = torch;
    this.script = torch.script(SlicedStates.class, "slice.py");
    this.epsilon = epsilon;
    this.states = states;
  }

  /**
   * What comes of the embedding.
   *
   * @param owner of the states, float32 [1, tokens, hidden]
   * @param model as it was
   * @param samples token ids
   * @param epsilon of the norms
   * @param centred whether each token's vector loses its mean
   */
  static SlicedStates embedded(
      TorchSession torch,
      NDManager owner,
      ModelWeights model,
      List<long[]> samples,
      double epsilon,
      boolean centred) {
    List<NDArray> states = new ArrayList<>();
    try (NDManager scope = owner.newSubManager();
        LayerRunner runner = new LayerRunner(torch, model, 0)) {
      List<NDArray> ids = new ArrayList<>();
      samples.forEach(each -> ids.add(scope.create(each, new Shape(1, each.length))));
      states.addAll(runner.embed(owner, ids));
    }
    SlicedStates embedded = new SlicedStates(torch, epsilon, states);
    if (centred) {
      states.forEach(state -> embedded.script.run("centre", state));
    }
    return embedded;
  }

  /** The principal components of all tokens. */
  StreamBasis basis(NDManager owner) {
    long hidden = states.get(0).getShape().get(2);
    try (NDManager scope = owner.newSubManager()) {
      NDArray sum = torch.tensors().zeros(scope, DType.FLOAT64, hidden, hidden);
      states.forEach(state -> script.run("count", sum, state));
      List<NDArray> found = script.callForList(owner, "components", sum);
      return new StreamBasis(found.get(0), found.get(1));
    }
  }

  /**
   * Leaves of each token what lies in some directions.
   *
   * @param columns orthonormal, float64 [hidden, width]; all of them leave the states as they are
   */
  void project(NDArray columns) {
    if (columns.getShape().get(0) == columns.getShape().get(1)) {
      return;
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray narrow = torch.tensors().cast(scope, columns, DType.FLOAT32);
      states.forEach(state -> script.run("project", state, narrow));
    }
  }

  /** Adds what a part of a layer makes of the norm of each token. */
  void add(BoundLayer layer, Inspected part) {
    for (NDArray state : states) {
      try (NDManager scope = torch.manager().newSubManager()) {
        NDArray normed = script.call(scope, "normed", state, epsilon);
        script.run("add", state, layer.inspect(scope, part, 0, normed, null));
      }
    }
  }
}
