package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.distill.Hinton;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.run.TrainableModel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a step of distillation takes, beside one on labels alone and the teacher's forward pass by
 * itself: what is left of the first is the loss.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
@State(Scope.Benchmark)
public class DistillationBenchmark {
  @Param("ref-7m")
  public String model = "ref-7m";

  @Param("ref-22m")
  public String teacher = "ref-22m";

  @Param({"float32", "bfloat16"})
  public String products = "float32";

  @Param("8")
  public int batch = 8;

  @Param("256")
  public int length = 256;

  @Param("2")
  public int threads = 2;

  private @Nullable BenchedStudent benched;
  private @Nullable ModelTrainer labels;
  private @Nullable ModelTrainer distilling;
  private @Nullable ModelTrainer teaching;

  /** Reads the student once and the teacher twice: to learn from, and to run by itself. */
  @Setup(Level.Trial)
  public void open() {
    boolean mixed = products.equals("bfloat16");
    BenchedStudent opened = BenchedStudent.open(model, mixed, batch, length, threads);
    TrainableModel other = opened.another(teacher);
    WeightedTerm hinton = new WeightedTerm(1, new Hinton(2, 0.5, Reduction.TOKENS));
    benched = opened;
    labels = opened.trainer(RunLoss.plain(opened.owner(), opened.model().spec()));
    distilling =
        opened.trainer(
            new RunLoss(
                List.of(other),
                TrainingLoss.of(
                        opened.owner(),
                        List.of(hinton),
                        opened.model().spec(),
                        List.of(other.spec()),
                        0)
                    .modules()));
    TrainableModel alone = opened.another(teacher);
    teaching = opened.trainer(alone, RunLoss.plain(opened.owner(), alone.spec()));
  }

  /** A step on labels alone. */
  @Benchmark
  public double labels() {
    return step(Objects.requireNonNull(labels));
  }

  /** A step on labels and on what the teacher says. */
  @Benchmark
  public double distillation() {
    return step(Objects.requireNonNull(distilling));
  }

  private double step(ModelTrainer own) {
    TrainingBatch given = Objects.requireNonNull(benched).batch();
    double loss = own.accumulate(given, given.counts())[0];
    own.move(1e-4, own.norm(), 1);
    return loss;
  }

  /** What the teacher makes of the batch, without gradients. */
  @Benchmark
  public long teacher() {
    BenchedStudent opened = Objects.requireNonNull(benched);
    try (NDArray logits = Objects.requireNonNull(teaching).logits(opened.owner(), opened.batch())) {
      return logits.size();
    }
  }

  /** Closes all. */
  @TearDown(Level.Trial)
  public void close() {
    Objects.requireNonNull(labels).close();
    Objects.requireNonNull(distilling).close();
    Objects.requireNonNull(teaching).close();
    Objects.requireNonNull(benched).close();
  }
}
