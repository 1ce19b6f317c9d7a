package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comparisons of inner layers do not see, and what they are in plain loops. */
class StateFormsTest extends TorchTest {
  private static final int BATCH = 4;
  private static final int TOKENS = 3;
  private static final int WIDTH = 6;
  private static final ModelSizes SIZES = new ModelSizes(2, WIDTH, 5, 2, WIDTH, WIDTH, WIDTH);

  private NDArray states(long seed) {
    return normal(seed, BATCH * TOKENS, WIDTH).reshape(BATCH, TOKENS, WIDTH);
  }

  private Sample sample(NDArray student, NDArray teacher) {
    Sample sample = Sample.whole(scope.zeros(new Shape(BATCH, TOKENS), DataType.INT64));
    for (int state = 1; state <= 2; state++) {
      sample.student(Sample.Kind.STATES, state, student.mul(state));
      sample.teacher(1, Sample.Kind.STATES, state, teacher.mul(state));
    }
    return sample;
  }

  private double value(String yaml, Sample sample) {
    TermBuild build = new TermBuild(scope, SIZES, List.of(SIZES), 1);
    try (Bench bench = new Bench(scope, Scene.read(yaml).module(build))) {
      return bench.value(sample);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden-mse",
        "hidden-cosine",
        "fsp",
        "nst",
        "cka",
        "patience",
        "attention-transfer",
        "rkd"
      })
  void twinsAreNotApart(String yaml) {
    NDArray states = states(1);

    assertThat(value(yaml, sample(states, states))).isCloseTo(0, within(1e-6));
    assertThat(value(yaml, sample(states, states(2)))).isGreaterThan(1e-3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hidden-cosine", "cka", "patience", "attention-transfer", "rkd"})
  void lengthsDoNotMatter(String yaml) {
    NDArray states = states(1);
    double expected = value(yaml, sample(states, states(2)));

    assertThat(value(yaml, sample(states.mul(3), states(2)))).isCloseTo(expected, within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nst", "cka", "attention-transfer", "rkd"})
  void orderOfChannelsDoesNotMatter(String yaml) {
    NDArray states = states(1);
    NDArray turned = states.get(":, :, 2:").concat(states.get(":, :, :2"), 2);
    double expected = value(yaml, sample(states, states(2)));

    assertThat(value(yaml, sample(turned, states(2)))).isCloseTo(expected, within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cka", "rkd"})
  void whereStatesLieDoesNotMatter(String yaml) {
    NDArray states = states(1);
    double expected = value(yaml, sample(states, states(2)));

    assertThat(value(yaml, sample(states.add(2), states(2)))).isCloseTo(expected, within(1e-5));
  }

  /** What states are at a prompt makes no difference to terms that take tokens one by one. */
  @ParameterizedTest
  @CsvSource({"hidden-mse, true", "hidden-cosine, true", "'hidden-mse: {tokens: attended}', false"})
  void promptsAreLeftOut(String yaml, boolean out) {
    NDArray labels = scope.zeros(new Shape(BATCH, TOKENS), DataType.INT64);
    labels.set(new NDIndex(":, 0"), -100);
    NDArray states = states(1);
    NDArray others = states.duplicate();
    others.set(new NDIndex(":, 0"), 9);
    double expected = value(yaml, prompted(labels, states));
    double found = value(yaml, prompted(labels, others));

    if (out) {
      assertThat(found).isEqualTo(expected);
    } else {
      assertThat(found).isNotCloseTo(expected, within(0.1));
    }
  }

  private Sample prompted(NDArray labels, NDArray student) {
    Sample sample = Sample.whole(labels);
    for (int state = 1; state <= 2; state++) {
      sample.student(Sample.Kind.STATES, state, student);
      sample.teacher(1, Sample.Kind.STATES, state, states(2));
    }
    return sample;
  }

  /** The divergence of causal attention, head by head and token by token. */
  @Test
  void relationsOfQueriesAndKeysAreAttention() {
    NDArray q = states(1);
    NDArray k = states(2);
    NDArray otherQ = states(3);
    NDArray otherK = states(4);
    Sample sample = Sample.whole(scope.zeros(new Shape(BATCH, TOKENS), DataType.INT64));
    sample.student(Sample.Kind.QUERIES, 1, q).student(Sample.Kind.KEYS, 1, k);
    sample.teacher(1, Sample.Kind.QUERIES, 1, otherQ).teacher(1, Sample.Kind.KEYS, 1, otherK);
    double expected = 0;
    int heads = SIZES.heads();
    for (int row = 0; row < BATCH; row++) {
      for (int head = 0; head < heads; head++) {
        for (int token = 0; token < TOKENS; token++) {
          double[] its = attention(q, k, row, head, token);
          double[] others = attention(otherQ, otherK, row, head, token);
          for (int key = 0; key <= token; key++) {
            expected += others[key] * Math.log(others[key] / its[key]) / (heads * TOKENS * BATCH);
          }
        }
      }
    }

    assertThat(value("minilm: {values: 0, causal: true}", sample))
        .isCloseTo(expected, within(1e-6));
  }

  /** Of a token to those up to it. */
  private static double[] attention(NDArray q, NDArray k, int row, int head, int token) {
    int width = WIDTH / SIZES.heads();
    double[] weights = new double[token + 1];
    double sum = 0;
    for (int key = 0; key <= token; key++) {
      double product = 0;
      for (int c = head * width; c < (head + 1) * width; c++) {
        product += q.getFloat(row, token, c) * k.getFloat(row, key, c);
      }
      weights[key] = Math.exp(product / Math.sqrt(width));
      sum += weights[key];
    }
    for (int key = 0; key <= token; key++) {
      weights[key] /= sum;
    }
    return weights;
  }

  /** Scores that a mask pushed down are 0 in both. */
  @Test
  void maskedScoresAreNoDifference() {
    Shape shape = new Shape(BATCH, 2, TOKENS, TOKENS);
    NDArray its = normal(1, BATCH * 2 * TOKENS, TOKENS).reshape(shape).duplicate();
    NDArray others = normal(2, BATCH * 2 * TOKENS, TOKENS).reshape(shape).duplicate();
    NDArray above = its.zerosLike();
    for (int i = 0; i < TOKENS; i++) {
      for (int j = i + 1; j < TOKENS; j++) {
        above.set(new NDIndex(":, :, " + i + ", " + j), 1);
      }
    }
    NDArray kept = above.mul(-1).add(1);
    double expected = its.sub(others).mul(kept).square().mean().getFloat();
    double found =
        value(
            "attention-scores: {student: [1], teacher: [1]}",
            Sample.whole(scope.zeros(new Shape(BATCH, TOKENS), DataType.INT64))
                .student(Sample.Kind.SCORES, 0, its.mul(kept).add(above.mul(-1e4)))
                .teacher(1, Sample.Kind.SCORES, 0, others.mul(kept).add(above.mul(-1e30))));

    assertThat(found).isCloseTo(expected, within(1e-6));
  }

  /** New weights depend on the seed alone, and are named for those who learn them. */
  @Test
  void ownTensorsAreSeededAndNamed() {
    ModelSizes wide = new ModelSizes(2, 9, 5, 2, 9, 9, 9);
    LossTerm term = Scene.read("ted: {filters: {bent: true}}");
    TermModule module = term.module(new TermBuild(scope, SIZES, List.of(wide), 5));
    TermModule again = term.module(new TermBuild(scope, SIZES, List.of(wide), 5));
    TermModule other = term.module(new TermBuild(scope, SIZES, List.of(wide), 6));
    String name = "terms.2.term.filters.1.second.weight";

    assertThat(module.learned()).hasSize(8).contains(name).noneMatch(each -> each.contains("targ"));
    NDArray weight = Objects.requireNonNull(module.node().tensors().get(name));
    assertThat(weight).isEqualTo(again.node().tensors().get(name));
    assertThat(weight).isNotEqualTo(other.node().tensors().get(name));
    assertThat(weight.getShape()).isEqualTo(new Shape(9, 9));
  }
}
