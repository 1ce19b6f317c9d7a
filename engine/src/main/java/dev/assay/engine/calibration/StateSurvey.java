package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.TorchSession;

/** Shows the hidden states of calibration samples between the layers of a model of one stack. */
public final class StateSurvey {
  private final ModelWeights model;
  private final StageContext context;

  /**
   * @param model as it is to be seen
   * @throws IllegalArgumentException if it has an encoder and a decoder
   */
  public StateSurvey(ModelWeights model, StageContext context) {
    if (model.spec().kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new IllegalArgumentException("found an encoder and a decoder, expected one stack");
    }
    this.model = model;
    this.context = context;
  }

  /** Sees states. */
  @FunctionalInterface
  public interface Looker {
    /**
     * @param boundary how many layers are behind it: 0 is what the first one takes in
     * @param sequence of the samples
     * @param state float32 [1, tokens, hidden], which is overwritten afterwards
     */
    void see(int boundary, int sequence, NDArray state);
  }

  /** Libtorch. */
  public TorchSession torch() {
    return context.torch();
  }

  /** How many samples there are. */
  public int sequences() {
    return context.samples().size();
  }

  /** Shows all states, those of one boundary after another. */
  public void look(Looker looker) {
    new StackTraversal(context.torch(), model, context.requiredSamples())
        .run((part, walk) -> part(part, walk, looker));
  }

  private void part(Part part, NDManager walk, Looker looker) {
    Stack stack = model.stack(part.index());
    show(part, 0, looker);
    for (int layer = 0; layer < stack.depth(); layer++) {
      try (NDManager scope = walk.newSubManager()) {
        part.advance(stack.layer(layer), model.layers(part.index()).values(scope, layer));
      }
      show(part, layer + 1, looker);
      context.progress().done(layer + 1, stack.depth());
    }
  }

  private static void show(Part part, int boundary, Looker looker) {
    for (int sequence = 0; sequence < part.batches().size(); sequence++) {
      looker.see(boundary, sequence, part.batches().get(sequence).activations());
    }
  }
}
