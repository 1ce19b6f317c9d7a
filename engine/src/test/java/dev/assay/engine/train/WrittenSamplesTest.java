package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.NextTokens;
import dev.assay.engine.run.TextWriter;
import dev.assay.engine.run.TrainableModel.LinearForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a student writes while it is trained, and how it is drawn. */
class WrittenSamplesTest extends TorchTest {
  private static final double[] HALF = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};

  private ModelTrainer trainer(String student, String... teachers) {
    TrainedFixture own =
        TrainedFixture.read(
            torch, scope, Goldens.room("families").resolve(student), LinearForm.FLOAT32);
    return new ModelTrainer(
        torch,
        own.model(),
        Arrays.stream(teachers)
            .map(
                each ->
                    TrainedFixture.read(
                            torch,
                            scope,
                            Goldens.room("families").resolve(each),
                            LinearForm.FLOAT32)
                        .model())
            .toList(),
        RunLoss.plain(scope, own.model().spec()).terms(),
        own.model().values().entrySet().stream()
            .map(each -> new ModelTrainer.Learned(each.getKey(), each.getValue().tensor(), true))
            .toList(),
        Optimizer.adamW(0.01),
        false);
  }

  private static List<long[]> begun(int... lengths) {
    Random random = new Random(4);
    List<long[]> begun = new ArrayList<>();
    for (int length : lengths) {
      begun.add(random.longs(length, 0, 40).toArray());
    }
    return begun;
  }

  private TrainingBatch batch(long[] text) {
    return Labels.padded(List.of(text), List.of(text), 0);
  }

  /** Of all positions of one text without a past, under a temperature. */
  private double[][] whole(ModelTrainer trainer, long[] text, double temperature) {
    NDArray logits = trainer.logits(scope, batch(text));
    int words = (int) logits.getShape().get(2);
    float[] flat = logits.div(temperature).softmax(2).toFloatArray();
    double[][] rows = new double[text.length][words];
    for (int at = 0; at < text.length; at++) {
      for (int word = 0; word < words; word++) {
        rows[at][word] = flat[at * words + word];
      }
    }
    return rows;
  }

  /**
   * Rotated, learned and linear positions, windows, experts: what caches remember is what a pass
   * without them sees, however far each text's beginning goes.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"llama", "gpt2", "bloom", "mixtral", "gpt_neox", "mistral", "phi3", "opt"})
  void everyTokenIsDrawnFromWhatAWholePassGives(String family) {
    try (ModelTrainer trainer = trainer(family)) {
      List<double[][]> seen = new ArrayList<>();
      NextTokens.Source source =
          (texts, capacity) -> watched(trainer.writing(0, 0.7).begin(texts, capacity), seen);
      List<long[]> texts =
          new TextWriter(torch, source, Set.of())
              .write(begun(3, 7, 5), new double[][] {HALF, HALF, {0.1, 0.9}});

      assertThat(texts).extracting(each -> each.length).containsExactly(9, 13, 7);
      for (int row = 0; row < texts.size(); row++) {
        double[][] expected = whole(trainer, texts.get(row), 0.7);
        for (int at = 3; at < texts.get(row).length; at++) {
          assertThat(seen.get(at - 3)[row]).containsExactly(expected[at - 1], within(1e-5));
        }
      }
    }
  }

  private static NextTokens watched(NextTokens base, List<double[][]> seen) {
    return new NextTokens() {
      @Override
      public NDArray behind(NDManager owner, long[][] ids) {
        NDArray found = base.behind(owner, ids);
        double[] flat = found.toDoubleArray();
        int words = flat.length / ids.length;
        double[][] rows = new double[ids.length][];
        for (int row = 0; row < rows.length; row++) {
          rows[row] = Arrays.copyOfRange(flat, row * words, (row + 1) * words);
        }
        seen.add(rows);
        return found;
      }

      @Override
      public void close() {
        base.close();
      }
    };
  }

  @Test
  void studentAndTeacherAreMixed() {
    try (ModelTrainer trainer = trainer("gpt2", "mistral");
        ModelTrainer teacher = trainer("mistral");
        NextTokens mixed = trainer.writing(0.3, 1).begin(1, 4);
        NextTokens taught = trainer.writing(1, 1).begin(1, 4)) {
      long[] text = {3, 1, 4};
      double[] own = whole(trainer, text, 1)[2];
      double[] its = whole(teacher, text, 1)[2];
      double[] found = mixed.behind(scope, new long[][] {text}).toDoubleArray();
      assertThat(taught.behind(scope, new long[][] {text}).toDoubleArray())
          .containsExactly(its, within(1e-5));
      for (int word = 0; word < own.length; word++) {
        assertThat(found[word]).isCloseTo(0.7 * own[word] + 0.3 * its[word], within(1e-5));
      }
      assertThatThrownBy(() -> mixed.behind(scope, new long[][] {{1, 2}}))
          .hasMessageContaining("3 + 2 tokens exceed the capacity of 4");
    }
  }

  /** The k-th token where the draw lies between the sums up to it and with it. */
  @Test
  void drawsFollowTheSums() {
    NDArray p = scope.create(new double[] {0.2, 0, 0.5, 0.3, 0}, new Shape(1, 5));
    double[] at = {0, 0.1999, 0.2, 0.6999, 0.7001, 1 - 0x1p-53, TextWriter.MOST_PROBABLE};
    long[] expected = {0, 0, 2, 2, 3, 3, 2};
    for (int i = 0; i < at.length; i++) {
      long[] found =
          torch
              .script(TextWriter.class, "sampling.py")
              .call(scope, "drawn", p, scope.create(new double[] {at[i]}))
              .toLongArray();
      assertThat(found).as("at %s", at[i]).containsExactly(expected[i]);
    }
  }

  @Test
  void samplesAreOfTheSeedAndOfTheBatch() {
    try (ModelTrainer trainer = trainer("llama")) {
      int[] which = {0, 2};
      TrainingBatch one = writer(trainer, 1, Set.of()).write(which, 3);
      assertThat(writer(trainer, 1, Set.of()).write(which, 3).ids()).isDeepEqualTo(one.ids());
      assertThat(writer(trainer, 2, Set.of()).write(which, 3).ids()).isNotEqualTo(one.ids());
      assertThat(writer(trainer, 1, Set.of()).write(which, 4).ids()).isNotEqualTo(one.ids());
      // A draw is no other's, one place further.
      double[] first = writer(trainer, 1, Set.of()).draws(3).doubles(8).toArray();
      double[] next = writer(trainer, 1, Set.of()).draws(4).doubles(8).toArray();
      assertThat(Arrays.stream(next).filter(each -> contains(first, each))).isEmpty();
    }
  }

  private static boolean contains(double[] all, double one) {
    return Arrays.stream(all).anyMatch(each -> each == one);
  }

  private SampleWriter writer(ModelTrainer trainer, long seed, Set<Long> ends) {
    TextWindows windows = new TextWindows(begun(10, 10, 10));
    return new SampleWriter(
        new TextWriter(torch, trainer.writing(0, 1), ends), new TextPrompts(windows, 4, 5), seed);
  }

  /** What a text began with is not scored, nor is what stands behind its end. */
  @Test
  void whatWasWrittenIsScored() {
    try (ModelTrainer trainer = trainer("llama")) {
      TrainingBatch plain = writer(trainer, 1, Set.of()).write(new int[] {0, 1}, 0);
      assertThat(plain.counts().scored()).isEqualTo(10);
      assertThat(plain.tokens()).isEqualTo(18);
      assertThat(plain.labels()[0]).startsWith(-100, -100, -100).endsWith(-100);
      assertThat(Arrays.copyOfRange(plain.labels()[0], 3, 8))
          .isEqualTo(Arrays.copyOfRange(plain.ids()[0], 4, 9));

      long end = plain.ids()[0][5];
      TrainingBatch ended = writer(trainer, 1, Set.of(end)).write(new int[] {0, 1}, 0);
      int scored = (int) Arrays.stream(ended.labels()[0]).filter(each -> each >= 0).count();
      assertThat(scored).isEqualTo(plain.ids()[0][4] == end ? 1 : 2);
      assertThat(Arrays.stream(ended.mask()[0]).sum()).isEqualTo(4 + scored);
      assertThat(Arrays.copyOf(ended.ids()[0], 6)).startsWith(Arrays.copyOf(plain.ids()[0], 5));
    }
  }

  @Test
  void whatIsWrittenHasNoGradientsAndChangesNoneOfTheStep() {
    try (ModelTrainer trainer = trainer("llama")) {
      TrainingBatch given = batch(begun(8).get(0));
      trainer.accumulate(given, given.counts());
      double norm = trainer.norm();
      writer(trainer, 1, Set.of()).write(new int[] {0, 1}, 0);
      assertThat(trainer.norm()).isEqualTo(norm);
      trainer.forget();
      trainer.accumulate(given, given.counts());
      assertThat(trainer.norm()).isEqualTo(norm);
    }
  }
}
