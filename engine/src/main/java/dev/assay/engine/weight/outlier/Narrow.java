package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** Whether float16 holds the numbers of a weight. */
final class Narrow {
  /** Greatest share of a step by which a value may move, beside its own rounding. */
  private static final double STEPS = 1.0 / 32;

  private Narrow() {}

  /** Whether a weight's scales move by little, and its zeros by a small share of a step. */
  static boolean holds(
      TorchSession torch, NDManager owner, BilevelWeight wide, BilevelWeight narrow) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray scales = wide.scales().values(torch, scope);
      NDArray zeros = wide.zeros().values(torch, scope);
      return FormScripts.of(torch)
          .callForBoolean(
              "close_numbers",
              scales,
              narrow.scales().values(torch, scope),
              zeros,
              narrow.zeros().values(torch, scope),
              narrow.outliers().values(),
              STEPS);
    }
  }
}
