package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import java.util.List;

/**
 * The loss of linears alone, without running them: Σ ‖D x‖² = Σ D · (D XᵀX), D being what the
 * weights differ by. All text is one batch, as the second moments XᵀX are summed over it once.
 */
final class LinearLoss implements OutputLoss {
  private final ScriptModule script;
  private final List<NDArray> weights;
  private final NDArray moments;
  private final long tokens;

  /**
   * @param script has {@code second_moments} and {@code moment_loss}
   * @param owner manager of the second moments
   * @param weights the original weights, float32 [out, in] each
   * @param inputs of all of them, [..., in] each
   */
  LinearLoss(ScriptModule script, NDManager owner, List<NDArray> weights, List<NDArray> inputs) {
    this.script = script;
    this.weights = List.copyOf(weights);
    this.moments = script.call(owner, "second_moments", inputs);
    long features = moments.getShape().get(0);
    this.tokens = inputs.stream().mapToLong(input -> input.getShape().size() / features).sum();
  }

  @Override
  public int batches() {
    return 1;
  }

  @Override
  public List<CandidateRace.Loss> of(NDManager scope, List<NDArray> tried, int from, int to) {
    double squares = 0;
    long count = 0;
    for (int i = 0; i < tried.size(); i++) {
      squares += script.callForDouble("moment_loss", weights.get(i), tried.get(i), moments);
      count += tokens * tried.get(i).getShape().get(0);
    }
    return List.of(new CandidateRace.Loss(squares, count));
  }
}
