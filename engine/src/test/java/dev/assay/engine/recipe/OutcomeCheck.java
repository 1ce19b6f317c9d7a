package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Staying;
import dev.assay.engine.model.LayerTensors;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Holds what a stage says of the linears of a model to those of its artifact. */
final class OutcomeCheck {
  /** Sums of squares are taken in float64, in another order here. */
  private static final double SUMS = 1e-9;

  private final TorchSession torch;
  private final ModelSpec architecture;
  private final LayerTensors before;
  private final LayerTensors after;

  OutcomeCheck(TorchSession torch, ModelSpec architecture, Checkpoint source, Checkpoint artifact) {
    this.torch = torch;
    this.architecture = architecture;
    this.before = new LayerTensors(torch, source, architecture.main());
    this.after = new LayerTensors(torch, artifact, architecture.main());
  }

  /**
   * The shares of zeros and the errors of weights are as reported, and what was pruned is what the
   * stage's sparsity takes.
   */
  void check(Step step, List<LinearOutcome> outcomes) {
    for (int layer = 0; layer < architecture.layers(); layer++) {
      Map<String, LinearOutcome> reported = new HashMap<>();
      for (LinearOutcome outcome : outcomes) {
        if (outcome.layer() == layer) {
          reported.put(outcome.linear(), outcome);
        }
      }
      try (NDManager scope = torch.manager().newSubManager()) {
        Map<String, NDArray> original = before.values(scope, layer);
        Map<String, NDArray> stored = after.values(scope, layer);
        reported.forEach(
            (linear, outcome) ->
                reported(step, outcome, value(original, linear), value(stored, linear)));
        PrunedShare.of(step).ifPresent(share -> pruned(scope, share, reported, original, stored));
      }
    }
  }

  private static void reported(Step step, LinearOutcome outcome, NDArray before, NDArray after) {
    assertThat(outcome.sparsity()).isCloseTo(Staying.sparsity(after), within(1e-12));
    // What AWQ folds changes the weight before it is rounded, and the error is of the rounding.
    if (outcome.errorKind().equals("weight") && !step.stage().equals("awq")) {
      double whole = squares(before.toFloatArray(), new float[(int) before.size()]);
      double error = squares(after.toFloatArray(), before.toFloatArray()) / whole;
      assertThat(outcome.relativeError()).isCloseTo(error, withinPercentage(100 * SUMS));
    }
  }

  private static double squares(float[] from, float[] of) {
    double sum = 0;
    for (int i = 0; i < from.length; i++) {
      double difference = (double) from[i] - of[i];
      sum += difference * difference;
    }
    return sum;
  }

  private void pruned(
      NDManager scope,
      PrunedShare share,
      Map<String, LinearOutcome> reported,
      Map<String, NDArray> original,
      Map<String, NDArray> stored) {
    for (List<Linear> together : architecture.main().layer(0).layout().stored().values()) {
      List<String> names = together.stream().map(Linear::name).toList();
      String note = Objects.requireNonNull(reported.get(names.get(0))).note();
      share.check(
          note != null && note.startsWith("pruned by magnitude"),
          joined(scope, original, names),
          joined(scope, stored, names));
    }
  }

  private NDArray joined(NDManager scope, Map<String, NDArray> values, List<String> names) {
    return torch
        .tensors()
        .concatenate(scope, names.stream().map(name -> value(values, name)).toList(), 0);
  }

  private static NDArray value(Map<String, NDArray> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }
}
