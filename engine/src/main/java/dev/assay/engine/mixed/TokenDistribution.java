package dev.assay.engine.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** The next token's probabilities by what the head multiplies, in float32, sums in float64. */
final class TokenDistribution {
  /** Rows of logits that stand in memory at once. */
  private static final long ROWS = 256;

  private final ScriptModule script;
  private final StackSpec.HeadSpec head;
  private final NDArray weight;
  private final NDArray bias;

  TokenDistribution(TorchSession torch, CheckpointWeights weights, NDManager owner) {
    StackSpec spec = weights.spec().spec();
    String prefix =
        spec.tiedHead() ? weights.spec().names().embedding() : weights.spec().names().head();
    Shape shape = new Shape(spec.vocabularySize(), spec.headWidth());
    this.script = torch.script(TokenDistribution.class, "kl.py");
    this.head = spec.head();
    this.weight =
        torch
            .tensors()
            .cast(owner, weights.tensor(owner, prefix + ".weight", shape), DType.FLOAT32);
    this.bias =
        head.biased()
            ? torch
                .tensors()
                .cast(owner, weights.tensor(owner, prefix + ".bias", null), DType.FLOAT32)
            : torch.tensors().zeros(owner, DType.FLOAT32, spec.vocabularySize());
  }

  /**
   * Mean over tokens of Σ p ln(p / q), natural logarithm.
   *
   * @param exact what the head multiplies in the model, [sequences, tokens, width] each
   * @param rounded the same in the other model
   */
  double divergence(List<NDArray> exact, List<NDArray> rounded) {
    double sum = 0;
    long tokens = 0;
    for (int i = 0; i < exact.size(); i++) {
      sum +=
          script.callForDouble(
              "divergence",
              exact.get(i),
              rounded.get(i),
              weight,
              bias,
              head.inputScale(),
              head.cap(),
              ROWS);
      tokens += exact.get(i).getShape().get(0) * exact.get(i).getShape().get(1);
    }
    // Rounding may take a sum of nearly equal terms just below 0.
    return Math.max(0, sum / tokens);
  }
}
