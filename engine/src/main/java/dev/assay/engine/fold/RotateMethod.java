package dev.assay.engine.fold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.model.FoldedNorms;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotates a model, which computes what it did: outliers of its activations are spread over all
 * channels. Memory is that of a layer, and of the embedding and the head.
 *
 * @see <a href="https://github.com/spcl/QuaRot/blob/5008669/fake_quant/rotation_utils.py">
 *     rotate_model</a>
 */
final class RotateMethod implements WholeModelMethod {
  private final RotateParameters parameters;
  private final @Nullable StreamRotation given;

  RotateMethod(RotateParameters parameters) {
    this(parameters, null);
  }

  /**
   * @param given rotates the stream in place of what the parameters say
   */
  RotateMethod(RotateParameters parameters, @Nullable StreamRotation given) {
    this.parameters = parameters;
    this.given = given;
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public boolean folds() {
    return true;
  }

  @Override
  public boolean turns() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec model) {
    RotationCheck.require(parameters, model);
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    RotationCheck.require(parameters, model.spec());
    TorchSession torch = context.torch();
    ModelWeights before = model.before();
    try (NDManager scope = torch.manager().newSubManager()) {
      StreamRotation stream = stream(torch, scope, model.spec().spec().hiddenSize());
      model.reshape(rotated(model.spec(), stream != null));
      List<NDArray> finals = new ArrayList<>();
      if (stream != null) {
        for (int index = 0; index < before.spec().stacks().size(); index++) {
          beside(model, torch, stream, before, index, finals, scope);
        }
      }
      int done = 0;
      for (int index = 0; index < before.spec().stacks().size(); index++) {
        Stack stack = before.stack(index);
        @Nullable NDArray memory = index > 0 && stream != null ? finals.get(0) : null;
        for (int layer = 0; layer < stack.depth(); layer++) {
          layer(model, torch, stream, before, index, layer, memory);
          context.progress().done(++done, before.spec().layers());
        }
      }
    }
    return List.of();
  }

  private @Nullable StreamRotation stream(TorchSession torch, NDManager scope, int hidden) {
    if (given != null) {
      return given;
    }
    return parameters.stream() == RotateParameters.Stream.NONE
        ? null
        : StreamRotation.of(torch, scope, parameters, hidden);
  }

  /** What the model becomes. */
  private ModelSpec rotated(ModelSpec model, boolean stream) {
    ModelSpec rotated = model;
    for (int i = 0; i < model.stacks().size(); i++) {
      rotated = stream ? FoldedNorms.of(rotated, i) : rotated;
      Stack stack = rotated.stacks().get(i);
      StackSpec spec = stack.spec();
      for (int layer = 0; layer < stack.depth(); layer++) {
        stack = stack.with(layer, was -> LayerRotation.treated(parameters, spec, was));
      }
      rotated = rotated.with(i, stack);
    }
    return stream ? rotated.untied() : rotated;
  }

  private static void beside(
      WorkingModel model,
      TorchSession torch,
      StreamRotation stream,
      ModelWeights before,
      int index,
      List<NDArray> finals,
      NDManager scope) {
    try (NDManager own = scope.newSubManager()) {
      BesideRotation rotation = new BesideRotation(torch, own, stream, before, index);
      finals.add(rotation.finalFactor(scope));
      model.putBeside(rotation.changes());
    }
  }

  private void layer(
      WorkingModel model,
      TorchSession torch,
      @Nullable StreamRotation stream,
      ModelWeights before,
      int index,
      int layer,
      @Nullable NDArray memory) {
    try (NDManager scope = torch.manager().newSubManager()) {
      Stack stack = before.stack(index);
      LayerRotation rotation =
          new LayerRotation(
              torch,
              scope,
              parameters,
              stream == null ? null : LayerBases.same(stream),
              stack.spec(),
              stack.layer(layer),
              before.layers(index).values(scope, layer));
      model.put(index, layer, rotation.changes(memory), JsonNodeFactory.instance.objectNode());
    }
  }
}
