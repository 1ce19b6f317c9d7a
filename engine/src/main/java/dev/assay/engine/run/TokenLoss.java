package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.LoadedModule;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.List;
import java.util.Objects;

/**
 * The loss of a model that continues text, as its last layer's output has it: the mean of −log p of
 * the tokens from the second on, natural logarithm. Holds the final norm and the head, in float32,
 * until it is closed.
 */
public final class TokenLoss implements AutoCloseable {
  /** Rows of logits that stand in memory at once. */
  public static final long ROWS = 256;

  private static final int MAIN = 0;

  private final LoadedModule module;

  /**
   * Reads what stands behind the layers.
   *
   * @throws IllegalArgumentException if the model does not continue text
   */
  public TokenLoss(TorchSession torch, ModelWeights weights) {
    ModelSpec spec = weights.spec();
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new IllegalArgumentException(spec.family() + " does not continue text: " + spec.kind());
    }
    try (NDManager loading = torch.manager().newSubManager()) {
      StackLoader.Top top =
          new StackLoader(torch, weights, MAIN, Execution.reference(torch.device())).top(loading);
      ModuleNode root =
          Scripts.module("gradient.TokenLoss")
              .with("norm", top.norm())
              .with("lm_head", Objects.requireNonNull(top.head(), "head"))
              .with("rows", ROWS);
      // What scripts make outside of training cannot be saved for a backward pass; copies can.
      root.tensors()
          .replaceAll(
              (name, tensor) -> {
                NDArray copy = tensor.duplicate();
                copy.attach(loading);
                tensor.close();
                return copy;
              });
      this.module = torch.module(root.object());
      module.load(root.tensors());
    }
  }

  /**
   * The loss of a sequence alone.
   *
   * @param output what the last layer made of the sequence, float32 [1, tokens, hidden]
   * @param ids the sequence, at least 2 tokens
   */
  public double mean(NDArray output, long[] ids) {
    requirePredicted(ids);
    try (NDManager scope = output.getManager().newSubManager()) {
      NDArray tokens = TokenIds.of(scope, new long[][] {ids});
      return module.script().callForDouble("mean", output, tokens);
    }
  }

  private static void requirePredicted(long[] ids) {
    if (ids.length < 2) {
      throw new IllegalArgumentException(
          "found a sequence of "
              + ids.length
              + " tokens, expected at least 2: one to be predicted");
    }
  }

  /**
   * The loss of a sequence.
   *
   * @param mean over its predicted tokens
   * @param gradient of it in the last layer's output, float32 [1, tokens, hidden]
   */
  public record Found(double mean, NDArray gradient) {}

  /**
   * Finds it.
   *
   * @param output what the last layer made of the sequence, float32 [1, tokens, hidden]
   * @param ids the sequence, at least 2 tokens
   */
  public Found find(NDManager owner, NDArray output, long[] ids) {
    requirePredicted(ids);
    try (NDManager scope = owner.newSubManager()) {
      NDArray tokens = TokenIds.of(scope, new long[][] {ids});
      List<NDArray> found =
          module.script().callWithAutograd(owner, "gradients", List.of(output, tokens));
      try (NDArray loss = found.get(0)) {
        return new Found(loss.getDouble(), found.get(1));
      }
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
