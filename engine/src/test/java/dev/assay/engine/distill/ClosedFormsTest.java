package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses on logits whose values are known. */
class ClosedFormsTest extends TorchTest {
  private Bench bench(String yaml, int vocabulary) {
    ModelSizes sizes = new ModelSizes(1, 1, vocabulary, 1, 1, 1, 1);
    return new Bench(
        scope, Scene.read(yaml).module(new TermBuild(scope, sizes, List.of(sizes), 1)));
  }

  /** One token whose label is 0. */
  private Sample one(float[] student, float[] teacher) {
    Shape shape = new Shape(1, 1, student.length);
    return Sample.whole(scope.zeros(new Shape(1, 1), DataType.INT64))
        .logits(scope.create(student, shape), scope.create(teacher, shape));
  }

  /** log(1 + exp(−x)) is −log of the first of two probabilities with logits x and 0. */
  private static double kl(double student, double teacher) {
    double p = 1 / (1 + Math.exp(-teacher));
    double q = 1 / (1 + Math.exp(-student));
    return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
  }

  @ParameterizedTest
  @CsvSource({"1.5, -0.5", "0, 2", "-3, 0.25"})
  void divergencesOfTwoClasses(float student, float teacher) {
    Sample sample = one(new float[] {student, 0}, new float[] {teacher, 0});
    try (Bench forward = bench("forward-kl", 2);
        Bench reverse = bench("reverse-kl", 2);
        Bench cold = bench("forward-kl: {temperature: 2, scaled: true}", 2);
        Bench hinton = bench("hinton: {temperature: 2, alpha: 1}", 2)) {
      assertThat(forward.value(sample)).isCloseTo(kl(student, teacher), within(1e-6));
      assertThat(reverse.value(sample)).isCloseTo(kl(teacher, student), within(1e-6));
      double scaled = 4 * kl(student / 2, teacher / 2);
      assertThat(cold.value(sample)).isCloseTo(scaled, within(1e-6));
      assertThat(hinton.value(sample)).isCloseTo(scaled, within(1e-6));
    }
  }

  /** The less both are apart the nearer is τ² KL to ½ (z − y)² / V, whatever τ is. */
  @Test
  void temperatureScalesGradientsBack() {
    Sample sample = one(new float[] {0.1f, -0.1f}, new float[] {-0.05f, 0.05f});
    try (Bench warm = bench("hinton: {temperature: 4, alpha: 1}", 2);
        Bench hot = bench("hinton: {temperature: 40, alpha: 1}", 2)) {
      float[] first = warm.run(sample).gradient(Sample.Kind.LOGITS, 0).toFloatArray();
      float[] second = hot.run(sample).gradient(Sample.Kind.LOGITS, 0).toFloatArray();

      assertThat(first[0]).isCloseTo(0.075f, within(1e-3f));
      assertThat(second[0]).isCloseTo(0.075f, within(1e-3f));
    }
  }

  /** Models that have nothing in common are log 2 apart, and no more. */
  @Test
  void whatLiesBetweenIsAtMostTheLogOfTwo() {
    try (Bench js = bench("generalized-jsd: {beta: 0.5}", 2)) {
      double most = js.value(one(new float[] {60, 0}, new float[] {0, 60}));
      assertThat(most).isCloseTo(Math.log(2), within(1e-6));
      Scene scene = new Scene(scope, "generalized-jsd: {beta: 0.5}");
      try (Bench wide = scene.bench()) {
        assertThat(wide.value(scene.sample())).isBetween(0.0, Math.log(2));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forward-kl",
        "reverse-kl",
        "js",
        "total-variation",
        "symmetric-kl",
        "skewed-forward-kl",
        "skewed-reverse-kl",
        "generalized-jsd",
        "adaptive-kl",
        "top-k: {k: 3}",
        "top-k: {k: 3, tail: false, beta: 0.5}",
        "logit-mse",
        "hinton: {alpha: 1}"
      })
  void twinsAreNotApart(String yaml) {
    Scene scene = new Scene(scope, yaml);
    try (Bench bench = scene.bench()) {
      Bench.Found found = bench.run(scene.twins());

      assertThat(found.loss()).isCloseTo(0, within(1e-6));
      NDArray gradient = found.gradient(Sample.Kind.LOGITS, 0);
      assertThat(gradient.abs().max().getFloat()).isLessThan(1e-6f);
    }
  }

  /** An entry that is infinite in both is as if it were not there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross-entropy",
        "hinton",
        "forward-kl",
        "reverse-kl",
        "symmetric-kl",
        "js",
        "total-variation",
        "skewed-forward-kl",
        "skewed-reverse-kl",
        "generalized-jsd",
        "adaptive-kl",
        "top-k: {k: 2}",
        "logit-mse",
        "uld"
      })
  void paddedVocabularyChangesNothing(String yaml) {
    float none = Float.NEGATIVE_INFINITY;
    Sample narrow = one(new float[] {1, 0.3f, -1}, new float[] {0.5f, -0.5f, 0.8f});
    Sample wide = one(new float[] {1, 0.3f, -1, none}, new float[] {0.5f, -0.5f, 0.8f, none});
    narrow.teacher(1, Sample.Kind.LABELS, 0, narrow.labels());
    wide.teacher(1, Sample.Kind.LABELS, 0, wide.labels());
    try (Bench three = bench(yaml, 3);
        Bench four = bench(yaml, 4)) {
      Bench.Found expected = three.run(narrow);
      Bench.Found found = four.run(wide);

      assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-6));
      float[] its = expected.gradient(Sample.Kind.LOGITS, 0).toFloatArray();
      float[] others = found.gradient(Sample.Kind.LOGITS, 0).toFloatArray();
      IntStream.range(0, 3).forEach(i -> assertThat(others[i]).isCloseTo(its[i], within(1e-6f)));
      assertThat(others[3]).isZero();
    }
  }

  /** What was kept of a teacher gives what its logits give. */
  @ParameterizedTest
  @CsvSource({"true, 1", "true, 2", "false, 1"})
  void keptTokensAreAsGoodAsLogits(boolean tail, int temperature) {
    Scene scene =
        new Scene(scope, "top-k: {k: 3, tail: %b, temperature: %d}".formatted(tail, temperature));
    Sample sample = scene.sample();
    NDArray logits = sample.parts().stream().filter(this::isTeachers).findFirst().get().tensor();
    NDArray logs = logits.div(temperature).logSoftmax(2);
    NDArray ids = logs.argSort(2, false).get(":, :, :3");
    Sample kept = new Sample(sample.mask(), sample.labels());
    kept.student(Sample.Kind.LOGITS, 0, sample.parts().get(0).tensor());
    NDArray top = logs.gather(ids, 2);
    kept.teacher(1, Sample.Kind.TOP_IDS, 0, ids);
    kept.teacher(1, Sample.Kind.TOP_LOGS, 0, top);
    kept.teacher(1, Sample.Kind.TOP_TAIL, 0, top.exp().sum(new int[] {2}).mul(-1).add(1).log());
    Scene cached =
        new Scene(scope, "cached-top-k: {tail: %b, temperature: %d}".formatted(tail, temperature));
    try (Bench whole = scene.bench();
        Bench some = cached.bench()) {
      Bench.Found expected = whole.run(sample);
      Bench.Found found = some.run(kept);

      assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-6));
      NDArray off =
          found.gradient(Sample.Kind.LOGITS, 0).sub(expected.gradient(Sample.Kind.LOGITS, 0));
      assertThat(off.abs().max().getFloat()).isLessThan(1e-6f);
    }
  }

  private boolean isTeachers(Sample.Part part) {
    return part.owner() == 1 && part.kind() == Sample.Kind.LOGITS;
  }

  /** An optimizer that divides by the size of gradients makes steps of the least of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "forward-kl",
        "forward-kl: {temperature: 3, scaled: true}",
        "soft-cross-entropy",
        "reverse-kl",
        "symmetric-kl",
        "symmetric-kl: {entropy: false}",
        "js",
        "generalized-jsd: {beta: 0.3}",
        "skewed-forward-kl",
        "skewed-forward-kl: {entropy: false}",
        "skewed-reverse-kl",
        "total-variation",
        "adaptive-kl",
        "top-k: {k: 3}",
        "top-k: {k: 3, tail: false, beta: 0.5}",
        "logit-mse",
        "hinton: {alpha: 1}"
      })
  void twinsHaveNoGradientAtAll(String yaml) {
    Scene scene = new Scene(scope, yaml);
    try (Bench bench = scene.bench()) {
      NDArray gradient = bench.run(scene.twins()).gradient(Sample.Kind.LOGITS, 0);
      assertThat(gradient.abs().max().getFloat()).isZero();
    }
  }

  /** All of the vocabulary is the divergence itself. */
  @ParameterizedTest
  @CsvSource({"0, forward-kl", "1, reverse-kl"})
  void theMostProbableOfAllAreAll(int beta, String same) {
    Scene top = new Scene(scope, "top-k: {k: 11, tail: false, beta: %d}".formatted(beta));
    Scene whole = new Scene(scope, same);
    Sample sample = top.sample();
    try (Bench some = top.bench();
        Bench all = whole.bench()) {
      assertThat(some.value(sample)).isCloseTo(all.value(sample), within(1e-6));
    }
  }

  /** Other tokens of the same probabilities are the same. */
  @Test
  void otherTokensCount() {
    try (Bench bench = bench("uld", 3)) {
      long[] labels = LongStream.of(0, 1).toArray();
      NDArray its = scope.create(labels, new Shape(1, 2));
      float[] first = {1, 2, 3, 0, 0, 5};
      float[] second = {3, 1, 2, 0, 5, 0};
      Sample sample =
          Sample.whole(its)
              .logits(
                  scope.create(first, new Shape(1, 2, 3)), scope.create(second, new Shape(1, 2, 3)))
              .teacher(1, Sample.Kind.LABELS, 0, its);

      assertThat(bench.value(sample)).isCloseTo(0, within(1e-7));
    }
  }
}
