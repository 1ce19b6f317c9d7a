package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at what the linears of a model take in while it reads a text, layer by layer in float32:
 * the outliers that decide whether activations can be rounded.
 *
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
public final class InputMagnitudes {
  private static final int CHANNELS = 3;

  private final TorchSession torch;
  private final ModelWeights weights;
  private final ScriptModule script;

  /**
   * @throws IllegalArgumentException if the model has an encoder beside its decoder
   */
  public InputMagnitudes(TorchSession torch, ModelWeights weights) {
    if (weights.spec().kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new IllegalArgumentException(
          weights.spec().family()
              + ": found an encoder and a decoder, expected one stack of layers");
    }
    this.torch = torch;
    this.weights = weights;
    this.script = torch.script(InputMagnitudes.class, "input_magnitudes.py");
  }

  /**
   * Every linear of the layers, in the order of the layout.
   *
   * @param ids sequences of one length, within the model's context
   */
  public List<InputMagnitude> of(long[][] ids) {
    List<InputMagnitude> found = new ArrayList<>();
    Stack stack = weights.spec().main();
    try (NDManager walk = torch.manager().newSubManager();
        LayerRunner runner =
            new LayerRunner(torch, weights, 0, LayerRunner.Shown.BEFORE_ROUNDING)) {
      NDArray activations = embedded(walk, runner, ids);
      for (int layer = 0; layer < stack.depth(); layer++) {
        try (NDManager scope = walk.newSubManager();
            BoundLayer bound =
                runner.bind(stack.layer(layer), weights.layers(0).values(scope, layer))) {
          BoundLayer.Taps taps = bound.taps(scope, activations, null);
          List<LinearGroup> groups = stack.layer(layer).layout().groups();
          for (int group = 0; group < groups.size(); group++) {
            found.addAll(of(layer, groups.get(group), taps.groupInputs().get(group)));
          }
          activations.close();
          activations = torch.tensors().copy(walk, taps.output());
        }
      }
    }
    return found;
  }

  private static NDArray embedded(NDManager walk, LayerRunner runner, long[][] ids) {
    try (NDManager scope = walk.newSubManager()) {
      int length = ids[0].length;
      long[] all = new long[ids.length * length];
      for (int i = 0; i < ids.length; i++) {
        System.arraycopy(ids[i], 0, all, i * length, length);
      }
      NDArray tokens = scope.create(all, new Shape(ids.length, length));
      return runner.embed(walk, List.of(tokens)).get(0);
    }
  }

  private List<InputMagnitude> of(int layer, LinearGroup group, NDArray input) {
    long tokens = input.getShape().size() / group.inFeatures();
    List<InputMagnitude.Channel> channels = new ArrayList<>();
    double[] figures = {0, 0};
    if (tokens > 0) {
      try (NDArray found = script.call(torch.manager(), "magnitudes", input, CHANNELS)) {
        figures = found.toDoubleArray();
      }
      int most = (figures.length - 2) / 2;
      for (int i = 2; i < 2 + most; i++) {
        channels.add(new InputMagnitude.Channel((int) figures[i], figures[i + most]));
      }
    }
    List<InputMagnitude> all = new ArrayList<>();
    for (Linear linear : group.parts()) {
      all.add(new InputMagnitude(layer, linear.name(), tokens, figures[0], figures[1], channels));
    }
    return all;
  }
}
