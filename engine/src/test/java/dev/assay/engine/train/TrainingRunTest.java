package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.TextWriter;
import dev.assay.engine.run.TrainableModel.LinearForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a run gives does not depend on whether it was interrupted, or on how its steps were split.
 */
class TrainingRunTest extends TorchTest {
  @TempDir private Path directory;

  private static List<long[]> windows(int count, long seed) {
    Random random = new Random(seed);
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      windows.add(random.longs(12, 0, 40).toArray());
    }
    return windows;
  }

  private TrainingPlan plan(int steps, int batch, int accumulation, int patience, double rate) {
    return plan(steps, batch, accumulation, patience, rate, Optimizer.adamW(0.01));
  }

  private TrainingPlan plan(
      int steps, int batch, int accumulation, int patience, double rate, Optimizer optimizer) {
    return new TrainingPlan(
        steps,
        batch,
        accumulation,
        rate,
        optimizer,
        Schedule.Rise.fromZero(2, new Schedule.Waves(Math.max(1, steps - 2), 0.5, 0)),
        1,
        2,
        patience,
        3,
        5);
  }

  private static final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1;
    private transient Map<String, float[]> parameters = Map.of();
  }

  private record Outcome(TrainingLog log, Map<String, float[]> parameters) {}

  /** What is trained, and on what. */
  private record Subject(String family, TrainingData data, TrainingData held) {
    static Subject continued() {
      return new Subject("llama", new TextWindows(windows(10, 1)), new TextWindows(windows(3, 2)));
    }

    static Subject gaps() {
      TokenMasking masking =
          new TokenMasking(Masking.DEFAULT, 50, LongStream.range(0, 40).toArray());
      return new Subject(
          "bert",
          new MaskedWindows(windows(10, 1), masking, 5),
          new MaskedWindows(windows(3, 2), masking, 0));
    }

    static Subject spans() {
      SpanCorruption corruption = new SpanCorruption(new Spans(0.3, 2), new long[] {50, 51}, 1);
      return new Subject(
          "t5",
          new CorruptedWindows(windows(10, 1), corruption, 0, 5),
          new CorruptedWindows(windows(3, 2), corruption, 0, 0));
    }
  }

  private Outcome run(TrainingPlan plan, Path saves, int until) {
    return run(plan, saves, until, 0);
  }

  /**
   * @param share of the batches that the student writes
   */
  private Outcome run(TrainingPlan plan, Path saves, int until, double share) {
    return run(Subject.continued(), plan, saves, until, share);
  }

  private Outcome run(Subject subject, TrainingPlan plan, Path saves, int until) {
    return run(subject, plan, saves, until, 0);
  }

  private Outcome run(Subject subject, TrainingPlan plan, Path saves, int until, double share) {
    try (NDManager own = torch.manager().newSubManager()) {
      TrainedFixture student =
          TrainedFixture.read(
              torch, own, Goldens.room("families").resolve(subject.family()), LinearForm.FLOAT32);
      RunLoss loss = RunLoss.plain(own, student.model().spec());
      List<ModelTrainer.Learned> learned = new ArrayList<>();
      student
          .model()
          .values()
          .forEach(
              (name, value) ->
                  learned.add(new ModelTrainer.Learned(name, value.tensor(), value.decays())));
      try (ModelTrainer trainer =
          new ModelTrainer(
              torch, student.model(), List.of(), loss.terms(), learned, plan.optimizer(), false)) {
        TrainingLog log =
            new TrainingRun(
                    torch,
                    trainer,
                    plan,
                    List.of("cross-entropy"),
                    batches(subject, trainer, plan, share),
                    subject.held(),
                    new TrainingSaves(saves),
                    (finished, step, speed) -> {
                      if (finished == until) {
                        Interruption interruption = new Interruption();
                        interruption.parameters = values(learned);
                        throw interruption;
                      }
                    })
                .run();
        return new Outcome(log, values(learned));
      }
    }
  }

  private static Map<String, float[]> values(List<ModelTrainer.Learned> learned) {
    Map<String, float[]> values = new HashMap<>();
    learned.forEach(each -> values.put(each.name(), each.tensor().toFloatArray()));
    return values;
  }

  private StepBatches batches(
      Subject subject, ModelTrainer trainer, TrainingPlan plan, double share) {
    TextWindows data = new TextWindows(windows(10, 1));
    return share == 0
        ? new OrderedBatches(subject.data(), plan)
        : new OnPolicyBatches(
            data,
            plan,
            share,
            new SampleWriter(
                new TextWriter(torch, trainer.writing(0, 1), Set.of()),
                new TextPrompts(data, 4, 6),
                plan.seed()));
  }

  private static void same(Outcome found, Outcome expected) {
    assertThat(found.log().steps()).isEqualTo(expected.log().steps());
    assertThat(found.log().looks()).isEqualTo(expected.log().looks());
    assertThat(found.parameters().keySet()).isEqualTo(expected.parameters().keySet());
    expected
        .parameters()
        .forEach((name, values) -> assertThat(found.parameters().get(name)).isEqualTo(values));
  }

  static List<Optimizer> optimizers() {
    return List.of(
        Optimizer.adamW(0.01),
        new Optimizer.Adam(0.9, 0.99, 1e-8, 0.1, false),
        new Optimizer.Sgd(0, 0.01),
        new Optimizer.Sgd(0.9, 0, true, 0.01),
        new Optimizer.Sgd(0.8, 0.5, false, 0),
        new Optimizer.Lion(0.9, 0.99, 0.01),
        new Optimizer.Adafactor(1e-30, 1e-3, 1, -0.8, 0, 0.01, false, false, false),
        new Optimizer.Adafactor(1e-30, 1e-3, 1, -0.8, 0.9, 0, true, true, true));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void anInterruptedRunGoesOnToTheLastBit(Optimizer optimizer) {
    TrainingPlan plan = plan(8, 2, 2, 0, 1e-3, optimizer);
    Outcome whole = run(plan, directory.resolve("whole"), 0);
    Path broken = directory.resolve("broken");
    assertThatThrownBy(() -> run(plan, broken, 5)).isInstanceOf(Interruption.class);
    assertThatThrownBy(() -> run(plan, broken, 8)).isInstanceOf(Interruption.class);

    Outcome resumed = run(plan, broken, 0);

    same(resumed, whole);
    assertThat(resumed.log().tokens()).isEqualTo(whole.log().tokens()).isEqualTo(8 * 4 * 12);
    assertThat(whole.log().looks()).extracting(TrainingLog.Look::steps).containsExactly(2, 4, 6, 8);
    // The loss is that of the labels.
    assertThat(whole.log().looks())
        .allSatisfy(look -> assertThat(look.labels()).isCloseTo(look.loss(), within(1e-6)));
  }

  /** What the student writes depends on what it has learned by then. */
  @Test
  void oneThatWritesGoesOnToTheLastBitToo() {
    TrainingPlan plan = plan(8, 2, 2, 0, 1e-2);
    Outcome whole = run(plan, directory.resolve("whole"), 0, 0.6);
    Path broken = directory.resolve("broken");
    assertThatThrownBy(() -> run(plan, broken, 5, 0.6)).isInstanceOf(Interruption.class);
    assertThatThrownBy(() -> run(plan, broken, 7, 0.6)).isInstanceOf(Interruption.class);

    Outcome resumed = run(plan, broken, 0, 0.6);

    same(resumed, whole);
    assertThat(resumed.log().written()).isEqualTo(whole.log().written());
    // Some of the 16 batches of two sequences were written, 10 tokens each, the others have 12.
    assertThat(whole.log().written() / 20).isBetween(4L, 15L);
    assertThat(whole.log().tokens())
        .isEqualTo(whole.log().written() + (16 - whole.log().written() / 20) * 24);
  }

  /** Their windows come three times, each time with other gaps. */
  @ParameterizedTest
  @ValueSource(strings = {"gaps", "spans"})
  void whatIsDrawnOfWindowsGoesOnToTheLastBitToo(String kind) {
    Subject subject = kind.equals("gaps") ? Subject.gaps() : Subject.spans();
    TrainingPlan plan = plan(8, 2, 2, 0, 1e-3);
    Outcome whole = run(subject, plan, directory.resolve("whole"), 0);
    Path broken = directory.resolve("broken");
    assertThatThrownBy(() -> run(subject, plan, broken, 5)).isInstanceOf(Interruption.class);

    same(run(subject, plan, broken, 0), whole);
    same(run(subject, plan, directory.resolve("again"), 0), whole);
  }

  @Test
  void theSameRunGivesTheSame() {
    TrainingPlan plan = plan(4, 2, 1, 0, 1e-3);
    same(run(plan, directory.resolve("a"), 0), run(plan, directory.resolve("b"), 0));
  }

  /** The second splits each step in four. */
  @ParameterizedTest
  @ValueSource(strings = {"continued", "gaps", "spans"})
  void stepsDoNotDependOnHowTheyAreSplit(String kind) {
    Subject subject =
        switch (kind) {
          case "gaps" -> Subject.gaps();
          case "spans" -> Subject.spans();
          default -> Subject.continued();
        };
    Outcome one = run(subject, plan(4, 4, 1, 0, 1e-3), directory.resolve("one"), 0);
    Outcome four = run(subject, plan(4, 1, 4, 0, 1e-3), directory.resolve("four"), 0);
    for (int step = 0; step < 4; step++) {
      assertThat(four.log().steps().get(step).loss())
          .isCloseTo(one.log().steps().get(step).loss(), within(1e-4));
      assertThat(four.log().steps().get(step).norm())
          .isCloseTo(one.log().steps().get(step).norm(), within(1e-3));
    }
  }

  @Test
  void aRunOfAnotherPlanDoesNotGoOn() {
    Path broken = directory.resolve("broken");
    assertThatThrownBy(() -> run(plan(8, 2, 2, 0, 1e-3), broken, 5))
        .isInstanceOf(Interruption.class);
    assertThatThrownBy(() -> run(plan(8, 4, 1, 0, 1e-3), broken, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("batch: found 2 in the run that was interrupted, expected 4");
    assertThatThrownBy(() -> run(plan(8, 2, 1, 0, 1e-3), broken, 0))
        .hasMessageContaining("accumulation: found 2");
  }

  /** Random text teaches nothing of other random text, so that losses rise soon. */
  @Test
  void trainingStopsWherePatienceEndsAndTakesTheBest() {
    Outcome found = run(plan(60, 4, 1, 2, 5e-3), directory.resolve("patient"), 0);
    List<TrainingLog.Look> looks = found.log().looks();
    assertThat(found.log().steps()).hasSizeLessThan(60);
    double least = looks.stream().mapToDouble(TrainingLog.Look::loss).min().orElseThrow();
    TrainingLog.Look best = looks.get(looks.size() - 3);
    assertThat(best.loss()).isEqualTo(least);
    assertThat(found.log().bestStep()).isEqualTo(best.steps());
    Interruption there =
        catchThrowableOfType(
            Interruption.class,
            () -> run(plan(60, 4, 1, 0, 5e-3), directory.resolve("there"), best.steps()));
    there.parameters.forEach(
        (name, values) -> assertThat(found.parameters().get(name)).as(name).isEqualTo(values));
    assertThat(found.parameters()).hasSameSizeAs(there.parameters);
  }

  @Test
  void whatIsNotFiniteStopsTheRunAndIsNamed() {
    assertThatThrownBy(() -> run(plan(20, 2, 1, 0, 1e30), directory.resolve("wild"), 0))
        .isInstanceOf(NotFiniteException.class)
        .hasMessageMatching("step \\d+: found .*(NaN|Infinity|not finite).*")
        .hasMessageMatching(".*(in the term cross-entropy|in model\\.).*");
  }

  @Test
  void everySequenceComesOncePerPass() {
    SequenceOrder order = new SequenceOrder(7, 3);
    Set<List<Integer>> passes = new HashSet<>();
    for (int pass = 0; pass < 4; pass++) {
      List<Integer> found = new ArrayList<>();
      for (int which : order.from(7L * pass, 7)) {
        found.add(which);
      }
      assertThat(found).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
      passes.add(found);
    }
    assertThat(passes).hasSizeGreaterThan(2);
    assertThat(order.from(5, 4)).isEqualTo(join(order.from(5, 2), order.from(7, 2)));
    assertThat(new SequenceOrder(7, 4).from(0, 7)).isNotEqualTo(order.from(0, 7));
    assertThat(order.passes(5, 4)).containsExactly(0, 0, 1, 1);
  }

  private static int[] join(int[] one, int[] other) {
    int[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
