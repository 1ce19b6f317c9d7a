package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Rope;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a step of the trainer takes, beside a step of the same shapes written out in libtorch's own
 * operations, and beside products of as many operations: trainer, reference and ceiling of one run.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
@State(Scope.Benchmark)
public class TrainingBenchmark {
  private static final int SIDE = 1024;

  @Param("ref-7m")
  public String model = "ref-7m";

  @Param({"float32", "bfloat16"})
  public String products = "float32";

  @Param("8")
  public int batch = 8;

  @Param("256")
  public int length = 256;

  @Param("2")
  public int threads = 2;

  private @Nullable BenchedStudent benched;
  private @Nullable ModelTrainer trainer;
  private @Nullable TrainingBatch data;
  private @Nullable Supplier<NDArray> plain;
  private @Nullable NDArray square;
  private long squares;

  /** As arguments JMH's own, such as {@code -p products=float32}. */
  public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
    new Runner(
            new OptionsBuilder()
                .parent(new CommandLineOptions(arguments))
                .include(TrainingBenchmark.class.getName())
                .include(DistillationBenchmark.class.getName())
                .build())
        .run();
  }

  /** Reads the model twice: as it is trained, and as a list of tensors. */
  @Setup(Level.Trial)
  public void open() {
    boolean mixed = products.equals("bfloat16");
    BenchedStudent opened = BenchedStudent.open(model, mixed, batch, length, threads);
    TorchSession session = opened.torch();
    NDManager manager = opened.owner();
    TrainableModel student = opened.model();
    benched = opened;
    trainer = opened.trainer(RunLoss.plain(manager, student.spec()));
    data = opened.batch();
    plain = plain(manager, student, mixed);
    square =
        session
            .tensors()
            .cast(
                manager,
                manager.randomNormal(0, 1, new Shape(SIDE, SIDE), DataType.FLOAT32),
                mixed ? DType.BFLOAT16 : DType.FLOAT32);
    double operations = batch * StepFlops.of(student, opened.learned(), length).step(false);
    squares = Math.round(operations / (2.0 * SIDE * SIDE * SIDE));
    System.out.printf(
        "%n%,.0f operations a step, as many as %d products of %d by %d%n",
        operations, squares, SIDE, SIDE);
  }

  private Supplier<NDArray> plain(NDManager manager, TrainableModel student, boolean mixed) {
    ModelSpec spec = student.spec();
    List<NDArray> parameters = new ArrayList<>();
    parameters.add(value(manager, student, spec.names().embedding() + ".weight"));
    parameters.add(value(manager, student, "model.norm.weight"));
    for (int layer = 0; layer < spec.main().depth(); layer++) {
      for (String part :
          List.of(
              "input_layernorm",
              "post_attention_layernorm",
              "self_attn.q_proj",
              "self_attn.k_proj",
              "self_attn.v_proj",
              "self_attn.o_proj",
              "mlp.gate_proj",
              "mlp.up_proj",
              "mlp.down_proj")) {
        parameters.add(value(manager, student, spec.names().inLayer(layer, part) + ".weight"));
      }
    }
    AttentionSpec attention = spec.main().layer(0).attention();
    Rope rope = ((Positions.Rotary) spec.spec().positions()).rope();
    int half = attention.headDimension() / 2;
    ModuleNode root =
        new ModuleNode(ScriptClass.of(TrainingBenchmark.class, "plain_step.PlainStep"))
            .with("p", new Attribute.NoTensors())
            .with("m", new Attribute.NoTensors())
            .with("v", new Attribute.NoTensors())
            .with("s", new Attribute.NoTensors());
    ScriptModule script = ScriptModule.load(manager, root.object());
    script.run(
        "watch",
        parameters,
        parameters.stream().map(each -> manager.zeros(each.getShape())).toList(),
        parameters.stream().map(each -> manager.zeros(each.getShape())).toList(),
        parameters.stream().map(each -> manager.create(0f)).toList());
    long[] all = new long[batch * length];
    for (int row = 0; row < batch; row++) {
      long[] ids = Objects.requireNonNull(data).ids()[row];
      System.arraycopy(ids, 0, all, row * length, length);
    }
    List<NDArray> given =
        List.of(
            manager.create(all, new Shape(batch, length)),
            Leaves.copy(manager, manager.create(rope.cosines(length, 1), new Shape(length, half))),
            Leaves.copy(manager, manager.create(rope.sines(length, 1), new Shape(length, half))));
    NDArray sizes =
        manager.create(
            new long[] {
              attention.heads(), attention.keyValueHeads(), attention.headDimension(), mixed ? 1 : 0
            });
    return () -> script.callWithAutograd(manager, "step", given, sizes).get(0);
  }

  private static NDArray value(NDManager manager, TrainableModel student, String name) {
    TrainedValue value = Objects.requireNonNull(student.values().get(name), name);
    NDArray copy = Leaves.copy(manager, value.tensor().stopGradient());
    copy.setRequiresGradient(true);
    return copy;
  }

  /** A step of the trainer. */
  @Benchmark
  public double step() {
    ModelTrainer own = Objects.requireNonNull(trainer);
    TrainingBatch given = Objects.requireNonNull(data);
    double loss = own.accumulate(given, given.counts())[0];
    own.move(1e-4, own.norm(), 1);
    return loss;
  }

  /** A step in libtorch's own operations, without a norm of gradients. */
  @Benchmark
  public float plain() {
    try (NDArray loss = Objects.requireNonNull(plain).get()) {
      return loss.getFloat();
    }
  }

  /** As many operations in square products. */
  @Benchmark
  public long products() {
    NDArray one = Objects.requireNonNull(square);
    for (long i = 0; i < squares; i++) {
      one.matMul(one).close();
    }
    return squares;
  }

  /** Closes all. */
  @TearDown(Level.Trial)
  public void close() {
    Objects.requireNonNull(trainer).close();
    Objects.requireNonNull(benched).close();
  }
}
