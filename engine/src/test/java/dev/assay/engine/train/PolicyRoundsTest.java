package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.distill.DivergenceForm;
import dev.assay.engine.distill.LossTerm;
import dev.assay.engine.distill.MiniLlmPolicy;
import dev.assay.engine.distill.PartialTerm;
import dev.assay.engine.distill.PolicyGradient;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.Soft;
import dev.assay.engine.distill.SoftTargets;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.TextWriter;
import dev.assay.engine.run.TrainableModel.LinearForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student that learns from what it writes by the gradient of its policy. */
class PolicyRoundsTest extends TorchTest {
  private static final Path LLAMA = Goldens.room("families").resolve("llama");

  @TempDir private Path directory;

  private static TextWindows windows(int count, long seed) {
    Random random = new Random(seed);
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      windows.add(random.longs(12, 0, 40).toArray());
    }
    return new TextWindows(windows);
  }

  private static MiniLlmPolicy policy(double share) {
    return new MiniLlmPolicy(0.95, 0.2, 10.0, null, share == 0 ? null : share, 1, true);
  }

  private static WeightedTerm term(double weight, LossTerm term, BatchUse use) {
    return new WeightedTerm(weight, new PartialTerm(term, use.code()));
  }

  private static WeightedTerm reverse(double weight) {
    return term(
        weight,
        new SoftTargets(new DivergenceForm.ReverseKl(), Soft.at(1, false)),
        BatchUse.SAMPLES);
  }

  private static List<WeightedTerm> whole() {
    return List.of(
        term(1, new PolicyGradient(policy(0.2)), BatchUse.SAMPLES),
        reverse(1),
        term(0.5, new CrossEntropy(0, Reduction.TOKENS), BatchUse.TEXT));
  }

  private TrainingPlan plan(int steps, double rate) {
    return new TrainingPlan(
        steps, 4, 2, rate, Optimizer.adamW(0), new Schedule.Constant(), 1, 0, 0, 3, 5);
  }

  private record Outcome(TrainingLog log, Map<String, float[]> parameters) {}

  /**
   * @param strayed how far the student begins from what its teacher is
   * @param seen hears of each step's samples
   */
  private Outcome run(
      TrainingPlan plan,
      List<WeightedTerm> loss,
      double strayed,
      int uses,
      Path saves,
      int until,
      Consumer<List<TrainingBatch>> seen) {
    try (NDManager own = torch.manager().newSubManager();
        ModelTrainer trainer = trainer(own, loss, strayed)) {
      boolean text = loss.size() > 2;
      PolicyRounds rounds =
          new PolicyRounds(
              trainer,
              plan,
              new SampleWriter(
                  new TextWriter(torch, trainer.writing(text ? 0.2 : 0, 1), Set.of(2L)),
                  new TextPrompts(windows(10, 1), 4, 6),
                  plan.seed()),
              1,
              uses,
              text ? windows(9, 2) : null);
      StepBatches watched =
          new StepBatches() {
            @Override
            public Given of(int number) {
              Given given = rounds.of(number);
              seen.accept(given.batches());
              return given;
            }

            @Override
            public boolean beginsWith(int number) {
              return rounds.beginsWith(number);
            }
          };
      TrainingLog log =
          new TrainingRun(
                  torch,
                  trainer,
                  plan,
                  loss.stream().map(each -> each.term().toString()).toList(),
                  watched,
                  null,
                  new TrainingSaves(saves),
                  (finished, step, speed) -> {
                    if (finished == until) {
                      throw new IllegalStateException("interrupted");
                    }
                  })
              .run();
      Map<String, float[]> parameters = new TreeMap<>();
      trainer.learned().forEach(each -> parameters.put(each.name(), each.tensor().toFloatArray()));
      return new Outcome(log, parameters);
    }
  }

  /** Of a model and what it was before it strayed. */
  private ModelTrainer trainer(NDManager own, List<WeightedTerm> loss, double strayed) {
    TrainedFixture student = TrainedFixture.read(torch, own, LLAMA, LinearForm.FLOAT32);
    TrainedFixture teacher = TrainedFixture.read(torch, own, LLAMA, LinearForm.FLOAT32);
    Random random = new Random(8);
    List<ModelTrainer.Learned> learned = new ArrayList<>();
    student
        .model()
        .values()
        .forEach(
            (name, value) -> {
              stray(own, value.tensor(), strayed, random);
              learned.add(new ModelTrainer.Learned(name, value.tensor(), value.decays()));
            });
    return new ModelTrainer(
        torch,
        student.model(),
        List.of(teacher.model()),
        TrainingLoss.of(own, loss, student.model().spec(), List.of(teacher.model().spec()), 0)
            .modules(),
        learned,
        Optimizer.adamW(0),
        false);
  }

  private static void stray(NDManager own, NDArray tensor, double by, Random random) {
    if (by > 0 && tensor.getShape().dimension() == 2) {
      float[] noise = new float[(int) tensor.size()];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (float) (by * random.nextGaussian());
      }
      tensor.addi(own.create(noise, tensor.getShape()));
    }
  }

  private Outcome run(
      TrainingPlan plan, List<WeightedTerm> loss, double strayed, int uses, String name) {
    return run(plan, loss, strayed, uses, directory.resolve(name), 0, batches -> {});
  }

  /** Mean of a term of some steps. */
  private static double mean(TrainingLog log, int term, int from, int to) {
    return log.steps().subList(from, to).stream()
        .mapToDouble(step -> step.terms().get(term))
        .average()
        .orElseThrow();
  }

  /**
   * On answers of one token the gradient of the policy is an estimate of that of the divergence: of
   * n samples from K likely tokens the cosine between both is about √(n / (n + K)).
   */
  @Test
  void thePolicysGradientIsThatOfTheReverseDivergence() {
    try (NDManager own = torch.manager().newSubManager();
        ModelTrainer policy =
            trainer(own, List.of(term(1, new PolicyGradient(policy(0)), BatchUse.SAMPLES)), 0.05);
        ModelTrainer exact = trainer(own, List.of(reverse(1)), 0.05)) {
      TextWindows same = new TextWindows(Collections.nCopies(192, windows(1, 1).windows().get(0)));
      TrainingBatch batch =
          new SampleWriter(
                  new TextWriter(torch, policy.writing(0, 1), Set.of()),
                  new TextPrompts(same, 4, 1),
                  3)
              .write(IntStream.range(0, 192).toArray(), 0);
      TrainingBatch written = batch.written(policy.labelLogs(batch, 1)).of(BatchUse.SAMPLES);
      policy.accumulate(written, written.counts());
      exact.accumulate(written, written.counts());

      Map<String, NDArray> estimate = policy.gradients(own);
      double product = 0;
      double lengths = policy.norm() * exact.norm();
      for (Map.Entry<String, NDArray> each : exact.gradients(own).entrySet()) {
        product +=
            each.getValue()
                .mul(Objects.requireNonNull(estimate.get(each.getKey())))
                .sum()
                .getFloat();
      }
      assertThat(product / lengths).isGreaterThan(0.3);
    }
  }

  @Test
  void allOfItLowersTheReverseDivergence() {
    TrainingLog log = run(plan(24, 1e-3), whole(), 0.05, 2, "whole").log();

    assertThat(mean(log, 1, 20, 24)).isLessThan(0.9 * mean(log, 1, 0, 4));
    assertThat(mean(log, 2, 20, 24)).isLessThan(mean(log, 2, 0, 4));
  }

  /** Then nothing that it writes is worth more than anything else. */
  @Test
  void aStudentThatIsItsOwnTeacherLearnsNothing() {
    List<WeightedTerm> loss =
        List.of(term(1, new PolicyGradient(policy(0)), BatchUse.SAMPLES), reverse(1));
    for (TrainingLog.Step step : run(plan(1, 1e-3), loss, 0, 1, "twin").log().steps()) {
      assertThat(step.loss()).isCloseTo(0, within(1e-6));
      assertThat(step.norm()).isCloseTo(0, within(1e-4));
    }
  }

  /** Samples stay for as many steps as are to learn from them; the text beside goes on. */
  @Test
  void samplesAreUsedForSomeSteps() {
    List<List<TrainingBatch>> seen = new ArrayList<>();
    TrainingLog log =
        run(plan(5, 1e-3), whole(), 0.05, 2, directory.resolve("uses"), 0, seen::add).log();

    assertThat(seen).allMatch(batches -> batches.size() == 4);
    assertThat(seen.get(1).get(0)).isSameAs(seen.get(0).get(0));
    assertThat(seen.get(2).get(0).ids()).isNotEqualTo(seen.get(0).get(0).ids());
    assertThat(seen.get(1).get(2).ids()).isNotEqualTo(seen.get(0).get(2).ids());
    assertThat(seen.get(0))
        .extracting(TrainingBatch::use)
        .containsExactly(BatchUse.SAMPLES, BatchUse.SAMPLES, BatchUse.TEXT, BatchUse.TEXT);
    long written =
        seen.get(0).get(0).tokens()
            + seen.get(0).get(1).tokens()
            + seen.get(2).get(0).tokens()
            + seen.get(2).get(1).tokens()
            + seen.get(4).get(0).tokens()
            + seen.get(4).get(1).tokens();
    assertThat(log.written()).isEqualTo(written);
  }

  /** It is saved where samples are written, and writes them again. */
  @Test
  void anInterruptedRunGoesOnToTheLastBit() {
    TrainingPlan plan = plan(8, 1e-3);
    Outcome whole = run(plan, whole(), 0.05, 2, "one");
    Path broken = directory.resolve("broken");
    for (int until : new int[] {5, 7}) {
      assertThatThrownBy(() -> run(plan, whole(), 0.05, 2, broken, until, batches -> {}))
          .hasMessageContaining("interrupted");
    }
    Outcome resumed = run(plan, whole(), 0.05, 2, broken, 0, batches -> {});

    assertThat(resumed.log().steps()).isEqualTo(whole.log().steps());
    assertThat(resumed.log().written()).isEqualTo(whole.log().written());
    assertThat(resumed.log().tokens()).isEqualTo(whole.log().tokens());
    assertThat(resumed.parameters().keySet()).isEqualTo(whole.parameters().keySet());
    whole
        .parameters()
        .forEach((name, values) -> assertThat(resumed.parameters().get(name)).isEqualTo(values));
  }
}
