package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.ScriptModule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MiniLLM's steps against the same in plain loops, and where they are known. */
class MiniLlmTest extends TorchTest {
  private static final int QUERIES = 2;
  private static final int ANSWER = 4;
  private static final int WORDS = 7;
  private static final double DISCOUNT = 0.8;

  private static MiniLlmPolicy policy(@Nullable Double share, boolean perToken) {
    return new MiniLlmPolicy(DISCOUNT, 0.2, null, null, share, 1, perToken);
  }

  private NDArray queries() {
    return scope.create(new long[] {0, 3, 2, 5}, new Shape(2, QUERIES));
  }

  /** The second ends after its second token. */
  private NDArray answers() {
    return scope.create(new long[] {1, 2, 3, 4, 6, 0, 0, 0}, new Shape(2, ANSWER));
  }

  private NDArray logits(long seed) {
    return normal(seed, 2 * (QUERIES + ANSWER), WORDS)
        .reshape(2, QUERIES + ANSWER, WORDS)
        .duplicate();
  }

  private List<NDArray> rollout(ScriptModule script, NDArray student, NDArray teacher) {
    return script.callForList(
        scope, "rollout", queries(), answers(), student, teacher, scope.create(new long[0]));
  }

  private List<NDArray> losses(ScriptModule script, NDArray student, NDArray teacher, NDArray now) {
    NDArray moved = now.duplicate();
    moved.setRequiresGradient(true);
    return script.callWithAutograd(
        scope,
        "losses",
        List.of(queries(), answers(), student, teacher, moved),
        scope.create(new long[0]));
  }

  /** Of the answer's tokens by the logits in front of them. */
  private double[][] logs(NDArray logits) {
    float[] all = logits.logSoftmax(2).toFloatArray();
    long[] tokens = answers().toLongArray();
    double[][] logs = new double[2][ANSWER];
    for (int row = 0; row < 2; row++) {
      for (int at = 0; at < ANSWER; at++) {
        int place = row * (QUERIES + ANSWER) + QUERIES - 1 + at;
        logs[row][at] = all[place * WORDS + (int) tokens[row * ANSWER + at]];
      }
    }
    return logs;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void returnsAreDiscountedAndWhitened(boolean perToken) {
    NDArray student = logits(1);
    NDArray teacher = logits(2);
    double[][] its = logs(student);
    double[][] others = logs(teacher);
    double[][] mask = {{1, 1, 1, 1}, {1, 1, 0, 0}};
    double[] returns = new double[2 * ANSWER];
    for (int row = 0; row < 2; row++) {
      for (int at = 0; at < ANSWER; at++) {
        double left = 0;
        for (int later = at; later < ANSWER; later++) {
          double reward = mask[row][later] * (others[row][later] - its[row][later]);
          returns[row * ANSWER + at] += Math.pow(DISCOUNT, later - at) * reward;
          left += mask[row][later];
        }
        returns[row * ANSWER + at] /= perToken ? Math.max(1, left) : 1;
      }
    }
    double mean = 0;
    for (double each : returns) {
      mean += each / returns.length;
    }
    double variance = 0;
    for (double each : returns) {
      variance += (each - mean) * (each - mean) / (returns.length - 1);
    }

    try (ScriptModule script = Policy.load(scope, policy(null, perToken), 0)) {
      List<NDArray> found = rollout(script, student, teacher);
      assertThat(found.get(0).toFloatArray()).containsExactly(1, 1, 1, 1, 1, 1, 0, 0);
      float[] advantages = found.get(5).toFloatArray();
      for (int i = 0; i < returns.length; i++) {
        double expected = (returns[i] - mean) / Math.sqrt(variance + 1e-8);
        assertThat(advantages[i]).isCloseTo((float) expected, within(1e-5f));
      }
    }
  }

  /** Then there is nothing to gain. */
  @Test
  void twinsAreWorthNothing() {
    NDArray logits = logits(1);
    try (ScriptModule script = Policy.load(scope, policy(0.2, true), 0)) {
      List<NDArray> rollout = rollout(script, logits, logits);
      assertThat(rollout.get(3).sub(1).abs().max().getFloat()).isLessThan(1e-6f);
      assertThat(rollout.get(4).abs().max().getFloat()).isZero();

      List<NDArray> found = losses(script, logits, logits, logits);
      assertThat(found.get(0).abs().max().getFloat()).isLessThan(1e-6f);
      assertThat(found.get(2).abs().max().getFloat()).isLessThan(1e-6f);
    }
  }

  /** At the policy that sampled, the gradient is that of −Σ A log q over the tokens. */
  @Test
  void firstStepIsThePolicyGradient() {
    NDArray student = logits(1);
    NDArray teacher = logits(2);
    try (ScriptModule script = Policy.load(scope, policy(null, true), 0)) {
      List<NDArray> rollout = rollout(script, student, teacher);
      float[] mask = rollout.get(0).toFloatArray();
      float[] advantages = rollout.get(5).toFloatArray();
      List<NDArray> found = losses(script, student, teacher, student);
      float[] gradient = found.get(1).toFloatArray();
      float[] q = student.softmax(2).toFloatArray();
      long[] tokens = answers().toLongArray();
      double loss = 0;
      for (int i = 0; i < mask.length; i++) {
        loss -= mask[i] * advantages[i] / 6;
        int place = i / ANSWER * (QUERIES + ANSWER) + QUERIES - 1 + i % ANSWER;
        for (int word = 0; word < WORDS; word++) {
          double wanted = word == tokens[i] ? 1 : 0;
          double expected = -mask[i] * advantages[i] * (wanted - q[place * WORDS + word]) / 6;
          assertThat(gradient[place * WORDS + word]).isCloseTo((float) expected, within(1e-6f));
        }
      }
      assertThat(found.get(0).getFloat(0)).isCloseTo((float) loss, within(1e-6f));
    }
  }

  /** A student that moved on as its advantages say gains nothing by going further. */
  @Test
  void stepsThatWentFarEnoughAreClipped() {
    NDArray student = logits(1);
    NDArray teacher = logits(2);
    try (ScriptModule script = Policy.load(scope, policy(null, true), 0)) {
      NDArray downhill = losses(script, student, teacher, student).get(1);
      NDArray moved = student.sub(downhill.mul(1e4));
      float[] gradient = losses(script, student, teacher, moved).get(1).toFloatArray();

      assertThat(gradient).containsOnly(0f);
    }
  }

  /** (1 − α) of the student's probabilities and α of the teacher's. */
  @Test
  void samplesComeFromAMixture() {
    NDArray student = logits(1);
    NDArray teacher = logits(2);
    try (ScriptModule script = Policy.load(scope, policy(0.3, true), 0)) {
      NDArray found = script.call(scope, "sampling", student, teacher, (long) QUERIES, 0.3).exp();
      NDArray mixed = student.softmax(2).mul(0.7).add(teacher.softmax(2).mul(0.3));
      NDArray expected = mixed.get(":, %d:%d".formatted(QUERIES - 1, QUERIES + ANSWER - 1));

      assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(1e-6f);
      float[] weights = rollout(script, student, teacher).get(3).toFloatArray();
      double its = Math.exp(logs(student)[1][0]);
      double others = Math.exp(logs(teacher)[1][0]);
      assertThat(weights[ANSWER])
          .isCloseTo((float) (its / (0.7 * its + 0.3 * others)), within(1e-5f));
      assertThat(weights[2 * ANSWER - 1]).isOne();
    }
  }

  /** Rewards stay within their bounds, and gradients of padding are none. */
  @Test
  void rewardsAreClipped() {
    MiniLlmPolicy bounded = new MiniLlmPolicy(DISCOUNT, 0.2, 0.1, 0.5, null, 1, true);
    NDArray student = logits(1).mul(5);
    try (ScriptModule script = Policy.load(scope, bounded, 0)) {
      NDArray rewards = rollout(script, student, logits(2)).get(4);
      assertThat(rewards.abs().max().getFloat()).isEqualTo(0.1f);
      NDArray gradient = losses(script, student, logits(2), student).get(2);
      NDArray behind = gradient.get("1, 3:");
      assertThat(behind.abs().max().toType(DataType.FLOAT32, false).getFloat()).isZero();
    }
  }

  @Test
  void badNumbersAreNamed() {
    assertThatThrownBy(() -> new MiniLlmPolicy(1.5, 0.2, null, null, null, 1, true))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("discount");
    assertThatThrownBy(() -> policy(1.0, true)).hasMessageContaining("teacherShare");
    assertThatThrownBy(() -> new MiniLlmPolicy(1, 0.2, 0.0, null, null, 1, true))
        .hasMessageContaining("rewardClip");
  }
}
