package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step of MiniLLM: what samples were worth, the losses and their gradients. */
public final class MiniLlmCheck implements GoldenCheck {
  private static final List<String> PARTS =
      List.of("mask", "t_rewards", "logprobs", "w", "rewards", "advantages");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenLoss expected = new GoldenLoss(scope, golden);
    MiniLlmPolicy policy =
        new MiniLlmPolicy(
            expected.number("gamma"),
            expected.number("cliprange"),
            number(golden, "cliprange_reward"),
            number(golden, "reward_scaling"),
            number(golden, "teacher_mixed_alpha"),
            expected.number("temperature"),
            golden.parameter("length_norm").booleanValue());
    try (ScriptModule script =
        Policy.load(scope, policy, golden.parameter("pad_token_id").longValue())) {
      new Case(expected, script).check();
    }
  }

  private static @Nullable Double number(GoldenCase golden, String key) {
    JsonNode value = golden.parameter(key);
    return value.isNumber() ? value.doubleValue() : null;
  }

  private record Case(GoldenLoss expected, ScriptModule script) {
    void check() {
      GoldenCase golden = expected.golden();
      double most = golden.tolerance("abs");
      NDArray queries = expected.input("query_ids");
      NDArray responses = expected.input("response_ids");
      NDArray student = expected.input("student_logits_rollout");
      NDArray teacher = expected.input("teacher_logits");
      NDArray removed =
          golden.takes("inf_mask")
              ? expected.input("inf_mask").toType(DataType.INT64, false)
              : none();
      List<NDArray> found = rollout(queries, responses, student, teacher, removed);
      for (int i = 0; i < PARTS.size(); i++) {
        expected.close(found.get(i), PARTS.get(i), most);
      }
      scalar(found.get(7).getFloat(), "stat_reward", most);
      scalar(found.get(0).sum(new int[] {1}).mean().getFloat(), "mixed_lens", most);
      List<NDArray> own = found;
      if (golden.takes("student_only_response_ids")) {
        own =
            rollout(
                queries,
                expected.input("student_only_response_ids"),
                expected.input("student_only_student_logits"),
                expected.input("student_only_teacher_logits"),
                none());
      }
      expected.close(own.get(6), "rev_kl", most);
      NDArray tokens = own.get(0).sum(new int[] {1});
      scalar(own.get(6).sum(new int[] {1}).div(tokens).mean().getFloat(), "stat_rev_kl", most);
      scalar(tokens.mean().getFloat(), "stu_lens", most);
      losses(List.of(queries, responses, student, teacher), removed, most);
    }

    private void losses(List<NDArray> given, NDArray removed, double most) {
      NDArray now = expected.input("student_logits_update").duplicate();
      now.setRequiresGradient(true);
      List<NDArray> found =
          script.callWithAutograd(
              expected.scope(),
              "losses",
              List.of(given.get(0), given.get(1), given.get(2), given.get(3), now),
              removed);
      float[] losses = found.get(0).toFloatArray();
      scalar(losses[0], "pg_loss", most);
      scalar(losses[1], "reg_loss", most);
      scalar(losses[0] + losses[1], "rl_loss", most);
      double gradients = expected.golden().tolerance("grad_abs");
      expected.close(found.get(1), "grad_pg", gradients);
      expected.close(found.get(2), "grad_total", gradients);
    }

    private List<NDArray> rollout(
        NDArray queries, NDArray responses, NDArray student, NDArray teacher, NDArray removed) {
      return script.callForList(
          expected.scope(), "rollout", queries, responses, student, teacher, removed);
    }

    private NDArray none() {
      return expected.scope().create(new long[0]);
    }

    private void scalar(double found, String scalar, double most) {
      assertThat(found).as(scalar).isCloseTo(expected.golden().scalar(scalar), within(most));
    }
  }
}
