package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private static final long NONE = -100;

  /** The same answers as a batch, behind prompts of other lengths: the second's is one longer. */
  private List<NDArray> batch(ScriptModule script, NDArray student, NDArray teacher, NDArray now) {
    long[] ids = {0, 3, 1, 2, 3, 4, 0, 9, 2, 5, 6, 0, 0, 0};
    long[] mask = {1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0};
    long[] labels = {NONE, 1, 2, 3, 4, NONE, NONE, NONE, NONE, 6, 0, NONE, NONE, NONE};
    double[][] logs = logs(student);
    float[] written = new float[14];
    for (int i = 0; i < ANSWER; i++) {
      written[1 + i] = (float) logs[0][i];
    }
    written[9] = (float) logs[1][0];
    written[10] = (float) logs[1][1];
    Shape shape = new Shape(2, QUERIES + ANSWER + 1);
    NDArray moved = shifted(now);
    moved.setRequiresGradient(true);
    return script.callWithAutograd(
        scope,
        "loss",
        List.of(
            scope.create(ids, shape),
            scope.create(mask, shape),
            scope.create(labels, shape),
            scope.create(written, shape),
            shifted(teacher),
            moved),
        scope.create(1L));
  }

  /** Of rows of one token more: the first has it at its end, the second in front. */
  private NDArray shifted(NDArray logits) {
    NDArray more = logits(9).get(":1, :1");
    NDArray first = logits.get("0:1").concat(more, 1);
    return first.concat(more.concat(logits.get("1:2"), 1), 0).duplicate();
  }

  private ScriptModule load(LossTerm term) {
    ModelSizes sizes = new ModelSizes(1, 2, WORDS, 1, 2, 2, 2);
    TermBuild build = new TermBuild(scope, sizes, List.of(sizes), 0);
    TermModule built = term.module(build);
    // Tensors that a term has are loaded by the names below it.
    ScriptModule script =
        ScriptModule.load(
            scope,
            new ModuleNode(ScriptClass.of(MiniLlmTest.class, "written_batch.WrittenBatch"))
                .with("term", built.node())
                .object());
    Map<String, NDArray> tensors = new HashMap<>();
    built.node().tensors().forEach((name, tensor) -> tensors.put("term." + name, tensor));
    if (!tensors.isEmpty()) {
      script.load(tensors);
    }
    return script;
  }

  /** Wherever answers begin, value and gradient are those of the published layout. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void termsOfABatchAreThoseOfItsAnswers(double share) {
    MiniLlmPolicy policy = policy(share == 0 ? null : share, true);
    NDArray student = logits(1);
    NDArray teacher = logits(2);
    NDArray now = student.add(logits(3).mul(0.3));
    try (ScriptModule published = Policy.load(scope, policy, 0);
        ScriptModule term = load(new PartialTerm(new PolicyGradient(policy), 1));
        ScriptModule other = load(new PartialTerm(new PolicyGradient(policy), 2))) {
      List<NDArray> expected = losses(published, student, teacher, now);
      List<NDArray> found = batch(term, student, teacher, now);

      assertThat(found.get(0).getFloat()).isCloseTo(expected.get(0).getFloat(0), within(1e-6f));
      NDArray gradient = found.get(1);
      NDArray own = gradient.get("0:1, :6").concat(gradient.get("1:2, 1:"), 0).sub(expected.get(1));
      assertThat(own.abs().max().getFloat()).isLessThan(1e-6f);
      assertThat(batch(other, student, teacher, now).get(0).getFloat()).isZero();
    }
  }

  /** The other part is a term that recipes have, too. */
  @Test
  void itsOneStepPartIsTheReverseDivergence() {
    NDArray student = logits(1);
    NDArray teacher = logits(2);
    try (ScriptModule published = Policy.load(scope, policy(null, true), 0);
        ScriptModule term =
            load(new SoftTargets(new DivergenceForm.ReverseKl(), Soft.at(1, false)))) {
      List<NDArray> expected = losses(published, student, teacher, student);
      assertThat(batch0(term, student, teacher))
          .isCloseTo(expected.get(0).getFloat(1), within(1e-6f));
    }
  }

  private float batch0(ScriptModule script, NDArray student, NDArray teacher) {
    return batch(script, student, teacher, student).get(0).getFloat();
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
