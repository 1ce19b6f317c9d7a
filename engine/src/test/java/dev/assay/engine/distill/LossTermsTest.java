package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.TorchTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every term, whatever it compares. */
class LossTermsTest extends TorchTest {
  /** Of the numbers between which a quotient is taken. */
  private static final float STEP = 0.0005f;

  static List<String> all() {
    return List.of(
        "cross-entropy",
        "cross-entropy: {smoothing: 0.2, reduction: sequences}",
        "hinton: {temperature: 3, alpha: 0.7}",
        "hinton: {reduction: elements}",
        "forward-kl: {temperature: 2, scaled: true}",
        "forward-kl: {entropy: false, reduction: sum}",
        "soft-cross-entropy: {tokens: attended}",
        "reverse-kl: {reduction: sequences}",
        "symmetric-kl",
        "symmetric-kl: {entropy: false}",
        "js",
        "total-variation",
        "skewed-forward-kl",
        "skewed-forward-kl: {entropy: false}",
        "skewed-reverse-kl",
        "generalized-jsd: {beta: 0.3}",
        "generalized-jsd: {beta: 1}",
        "adaptive-kl",
        "top-k: {k: 3}",
        "top-k: {k: 3, beta: 0.4}",
        "top-k: {k: 3, beta: 1, tail: false}",
        "top-k: {k: 100}",
        "cached-top-k",
        "cached-top-k: {tail: false, beta: 0.5, temperature: 2}",
        "logit-mse: {temperature: 2}",
        "uld: {skipStudentEnd: true}",
        "uld: {positions: observed, studentTemperature: 1.5}",
        "hint",
        "hidden-mse",
        "hidden-mse: {projection: shared, student: [0, 2], teacher: [0, 7], tokens: attended}",
        "hidden-cosine",
        "fsp",
        "nst",
        "nst: {adjacent: true, tokens: attended}",
        "cka",
        "patience",
        "patience: {pooling: last, normalised: false, layers: top, tokens: scored}",
        "attention-transfer",
        "attention-scores",
        "attention-scores: {tokens: attended}",
        "rkd",
        "rkd: {pooling: last}",
        "minilm: {causal: true}",
        "minilm: {tokens: attended}",
        "minilm-v2: {heads: 4, keys: 0.5}",
        "tinybert",
        "distilbert: {mse: 0.5}",
        "ted: {filters: {interval: 2}}",
        "ted: {filters: {bent: true, width: 5}}",
        "ted-filters");
  }

  /** Those that do not hold weights of theirs for constants. */
  static Stream<String> differentiable() {
    return all().stream().filter(each -> !each.startsWith("adaptive"));
  }

  /** Those that learn tensors of their own. */
  static Stream<String> learning() {
    return all().stream()
        .filter(
            each ->
                each.matches("(hint(:.*)?|hidden-.*|tinybert|ted.*)") && !each.contains("none"));
  }

  /** Those that do not compare sequences, or tokens of several, with each other. */
  static Stream<String> ofSequences() {
    return all().stream()
        .filter(each -> !each.startsWith("rkd") && !each.startsWith("cka"))
        .filter(each -> !each.contains("sum"));
  }

  /** Those of answers alone; what lies at an answer's tokens themselves reaches one behind it. */
  static Stream<String> ofAnswers() {
    return all().stream()
        .filter(each -> !each.contains("tokens: attended"))
        .filter(each -> !each.contains("observed"))
        .filter(each -> !each.equals("patience") && !each.startsWith("distilbert"));
  }

  /** Logits and states of what is asked, and of padding: both are read, and neither is learned. */
  @ParameterizedTest
  @MethodSource("ofAnswers")
  void promptsAreNotLearned(String yaml) {
    Scene scene = new Scene(scope, yaml);
    Sample sample = scene.sample();
    NDArray asked = sample.labels().eq(-100).toType(DataType.FLOAT32, false);
    try (Bench bench = scene.bench()) {
      Bench.Found found = bench.run(sample);
      float all = 0;
      for (Sample.Part part : sample.parts()) {
        boolean byToken = part.kind() == Sample.Kind.LOGITS || part.kind() == Sample.Kind.STATES;
        if (part.owner() != 0) {
          continue;
        }
        NDArray gradient = found.gradient(part.name());
        all += gradient.abs().sum().getFloat();
        if (byToken) {
          NDArray sums = gradient.abs().sum(new int[] {2});
          assertThat(sums.mul(asked).sum().getFloat()).as(part.name()).isZero();
        }
      }
      assertThat(all).as("all of it").isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void gradientsAreQuotientsOfDifferences(String yaml) {
    Scene scene = new Scene(scope, yaml);
    Sample sample = scene.sample();
    try (Bench bench = scene.bench()) {
      Bench.Found found = bench.run(sample);
      assertThat(found.loss()).isFinite();
      for (Sample.Part part : sample.parts()) {
        if (part.owner() == 0) {
          NDArray gradient = found.gradient(part.name());
          NDArray way = scene.normal(part.tensor().getShape(), 1);
          double quotient = quotient(bench, sample, part, way);
          double expected = gradient.mul(way).sum().getFloat();
          assertThat(quotient)
              .as(part.name())
              .isCloseTo(expected, within(2e-3 * Math.max(0.5, Math.abs(found.loss()))));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("learning")
  void gradientsOfItsOwnTensorsAreToo(String yaml) {
    Scene scene = new Scene(scope, yaml);
    Sample sample = scene.sample();
    try (Bench bench = scene.bench()) {
      Bench.Found found = bench.run(sample);
      assertThat(bench.own()).isNotEmpty();
      bench
          .own()
          .forEach(
              (name, tensor) -> {
                NDArray way = scene.normal(tensor.getShape(), 1);
                double quotient =
                    (8 * difference(bench, sample, tensor, way.mul(STEP))
                            - difference(bench, sample, tensor, way.mul(2 * STEP)))
                        / (12 * STEP);
                double expected = found.gradient("term." + name).mul(way).sum().getFloat();
                assertThat(quotient)
                    .as(name)
                    .isCloseTo(expected, within(2e-3 * Math.max(0.5, Math.abs(found.loss()))));
              });
    }
  }

  private static double difference(Bench bench, Sample sample, NDArray tensor, NDArray way) {
    tensor.addi(way);
    double above = bench.value(sample);
    tensor.subi(way.mul(2));
    double below = bench.value(sample);
    tensor.addi(way);
    return above - below;
  }

  /** Of fourth order. */
  private double quotient(Bench bench, Sample sample, Sample.Part part, NDArray way) {
    double near = at(bench, sample, part, way, STEP) - at(bench, sample, part, way, -STEP);
    double far = at(bench, sample, part, way, 2 * STEP) - at(bench, sample, part, way, -2 * STEP);
    return (8 * near - far) / (12 * STEP);
  }

  private static double at(Bench bench, Sample sample, Sample.Part part, NDArray way, float step) {
    Sample moved = new Sample(sample.mask(), sample.labels());
    for (Sample.Part each : sample.parts()) {
      boolean moves = each.equals(part);
      NDArray x = moves ? each.tensor().add(way.mul(step)) : each.tensor();
      moved.parts().add(new Sample.Part(each.name(), each.owner(), each.kind(), each.number(), x));
    }
    return bench.value(moved);
  }

  @ParameterizedTest
  @MethodSource("all")
  void teachersHaveNoGradient(String yaml) {
    Scene scene = new Scene(scope, yaml);
    try (Bench bench = scene.bench()) {
      bench
          .run(scene.sample())
          .gradients()
          .forEach(
              (name, gradient) -> {
                if (name.startsWith("teacher") || name.contains(".targets.")) {
                  assertThat(gradient.abs().max().getFloat()).as(name).isZero();
                }
              });
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void morePaddingMakesNoDifference(String yaml) {
    Scene scene = new Scene(scope, yaml);
    Sample sample = scene.sample();
    try (Bench bench = scene.bench()) {
      Bench.Found found = bench.run(sample);
      Bench.Found padded = bench.run(scene.padded(sample, 2));

      assertThat(padded.loss()).isCloseTo(found.loss(), within(1e-5 * Math.abs(found.loss())));
      for (Sample.Part part : sample.parts()) {
        if (part.owner() == 0) {
          NDArray expected = found.gradient(part.name());
          NDArray gradient = padded.gradient(part.name());
          NDArray its = gradient.get(inner(expected));
          assertThat(its.sub(expected).abs().max().getFloat()).as(part.name()).isLessThan(1e-5f);
          assertThat(gradient.abs().sum().getFloat())
              .as(part.name())
              .isCloseTo(expected.abs().sum().getFloat(), within(1e-3f));
        }
      }
    }
  }

  private static String inner(NDArray x) {
    List<String> ranges = new ArrayList<>();
    for (long size : x.getShape().getShape()) {
      ranges.add(":" + size);
    }
    return String.join(", ", ranges);
  }

  @ParameterizedTest
  @MethodSource("ofSequences")
  void partsOfABatchAddUp(String yaml) {
    Scene scene = new Scene(scope, yaml);
    Sample sample = scene.sample();
    try (Bench bench = scene.bench()) {
      NDArray whole = bench.counts(sample);
      double all = bench.run(sample).loss();
      double first = bench.run(scene.rows(sample, 0, 1), whole).loss();
      double others = bench.run(scene.rows(sample, 1, 3), whole).loss();

      assertThat(first + others).isCloseTo(all, within(2e-6 * Math.max(1, Math.abs(all))));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingToScoreIsNothing(String yaml) {
    Scene scene = new Scene(scope, yaml);
    try (Bench bench = scene.bench()) {
      Bench.Found found = bench.run(scene.nothing());

      assertThat(found.loss()).isZero();
      found
          .gradients()
          .forEach(
              (name, gradient) -> assertThat(gradient.abs().max().getFloat()).as(name).isZero());
    }
  }
}
