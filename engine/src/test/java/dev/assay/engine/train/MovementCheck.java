package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.prune.SmallestScores;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearModules;
import java.util.List;

/** Weights and scores of a linear over some steps, and which of the weights ran in each. */
public final class MovementCheck implements GoldenCheck {
  private static final String WEIGHT = "linear.base.weight";
  private static final String SCORES = "linear.base.scores";
  private static final String MASK = "linear.base.mask";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.rule("masks")).isEqualTo("exact");
    double kept = golden.parameter("kept_share").asDouble();
    NDArray x = golden.tensor(scope, "X");
    NDArray y = golden.tensor(scope, "Y");
    ModuleNode objective =
        new ModuleNode(ScriptClass.of(MovementCheck.class, "moving.Moving"))
            .with(
                "linear",
                // Beside which the interface of linears is found.
                LinearModules.module("ScaledLinear")
                    .with("scale", 1.0)
                    .with(
                        "base",
                        MovementForm.module(
                            golden.tensor(scope, "W0"),
                            golden.tensor(scope, "S0"),
                            golden.tensor(scope, "masks").get(0).duplicate(),
                            false)));
    try (Trainer trainer =
        new Trainer(
            torch,
            objective,
            List.of(
                Parameter.free(WEIGHT, golden.parameter("lr_weight").asDouble()),
                Parameter.free(SCORES, golden.parameter("lr_score").asDouble())),
            new Optimizer.Sgd(0, 0),
            new Schedule.Constant(),
            false)) {
      for (int step = 0; step < golden.parameter("steps").intValue(); step++) {
        NDArray scores = trainer.parameter(SCORES);
        long goes = scores.size() - (long) (kept * scores.size());
        NDArray mask = SmallestScores.greatest(torch, scope, scores, goes);
        assertThat(mask.toFloatArray())
            .isEqualTo(golden.tensor(scope, "masks").get(step).toFloatArray());
        trainer.put(MASK, mask);
        double loss = trainer.step(List.of(x.get(step).duplicate(), y.get(step).duplicate()))[0];
        assertThat(loss)
            .isCloseTo(
                golden.tensor(scope, "loss").toFloatArray()[step], within(golden.tolerance("abs")));
        same(golden, trainer.parameter(WEIGHT), golden.tensor(scope, "W").get(step));
        same(golden, trainer.parameter(SCORES), golden.tensor(scope, "S").get(step));
      }
    }
  }

  private static void same(GoldenCase golden, NDArray found, NDArray expected) {
    assertThat(found.toFloatArray())
        .containsExactly(expected.toFloatArray(), within((float) golden.tolerance("abs")));
  }
}
