package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** What MiniLLM samples answers from. */
public final class SamplingCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenLoss expected = new GoldenLoss(scope, golden);
    NDArray student = expected.input("student_logits_rollout");
    NDArray logs = golden.tensor(scope, "log_probs");
    long queries = student.getShape().get(1) - logs.getShape().get(1);
    MiniLlmPolicy policy = new MiniLlmPolicy(0.95, 0.2, null, null, null, 1, true);
    try (ScriptModule script = Policy.load(scope, policy, 0)) {
      NDArray found =
          script.call(
              scope,
              "sampling",
              student,
              expected.input("teacher_logits"),
              queries,
              expected.number("alpha"));
      expected.close(found, "log_probs", golden.tolerance("abs"));
    }
  }
}
