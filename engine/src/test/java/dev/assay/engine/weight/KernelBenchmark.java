package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.sparse.BitmaskKernel;
import dev.assay.engine.weight.sparse.CsrLinear;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a linear takes in its packed form, beside the same values dense in bfloat16, and beside
 * reading as many bytes: kernel, reference and ceiling of one run. Weights come from memory, as
 * copies take turns that no cache holds all of.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Benchmark)
public class KernelBenchmark {
  @Param({
    "bfloat16",
    "int8",
    "int4",
    "int3",
    "int2",
    "nf4",
    "mxfp4",
    "nvfp4",
    "w8a8",
    "bitmask",
    "csr"
  })
  public String form = "int4";

  @Param({"NATIVE", "INT8"})
  public KernelInputs inputs = KernelInputs.NATIVE;

  @Param({"1", "4", "64", "512"})
  public int rows = 1;

  @Param("2048")
  public int width = 2048;

  @Param("1")
  public int threads = 1;

  /** More than caches hold. */
  long bytesOfAll = 96L << 20;

  private @Nullable TorchSession torch;
  private @Nullable NDManager owner;
  private final List<ScriptModule> packed = new ArrayList<>();
  private final List<ScriptModule> dense = new ArrayList<>();
  private final List<NDArray> numbers = new ArrayList<>();
  private @Nullable NDArray x;
  private int turn;

  /** As arguments JMH's own, such as {@code -p form=int4}. */
  public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
    new Runner(
            new OptionsBuilder()
                .parent(new CommandLineOptions(arguments))
                .include(KernelBenchmark.class.getName())
                .build())
        .run();
  }

  /** Makes weights of one form. */
  @Setup(Level.Trial)
  public void open() {
    TorchSession session = TorchSession.open(TorchDevice.CPU, threads);
    NDManager manager = session.manager().newSubManager();
    torch = session;
    owner = manager;
    SampleWeights samples = new SampleWeights(session, manager);
    StoredWeight weight = samples.of(form, width, width);
    InputScheme input = form.equals("w8a8") ? new PerTokenInput(8, true) : new PlainInput();
    LinearPreparer preparer =
        new LinearPreparer(
            session,
            Execution.packed(session.device(), DType.BFLOAT16, inputs)
                .with(
                    dense(DenseKernel.ROWS)
                        .with(BitmaskKernel.key(DType.BFLOAT16), BitmaskKernel.NAME)
                        .with(CsrLinear.key(DType.BFLOAT16), CsrLinear.NAME)));
    NDArray values = weight.dequantize(session, manager);
    LinearPreparer plain =
        new LinearPreparer(
            session, Execution.packed(session.device(), DType.BFLOAT16).with(dense("dense")));
    KernelProducts products = new KernelProducts(session, manager);
    long bytes = prepare(preparer, manager, weight, input).bytes();
    for (long made = 0; made < bytesOfAll; made += bytes) {
      packed.add(products.alone(prepare(preparer, manager, weight, input).module()));
      numbers.add(
          manager.zeros(new Shape((bytes + Float.BYTES - 1) / Float.BYTES), DataType.FLOAT32));
    }
    for (long made = 0; made < bytesOfAll; made += 2L * width * width) {
      DenseWeight own = new DenseWeight(session.tensors().copy(manager, values), DType.FLOAT32);
      dense.add(products.alone(prepare(plain, manager, own, new PlainInput()).module()));
    }
    NDArray normal = manager.randomNormal(0, 1, new Shape(rows, width), DataType.FLOAT32);
    x = session.tensors().cast(manager, normal, DType.BFLOAT16);
  }

  private static RunnableLinear prepare(
      LinearPreparer preparer, NDManager owner, StoredWeight weight, InputScheme input) {
    return preparer
        .prepare(owner, List.of(weight), Collections.singletonList(null), List.of(input))
        .parts()
        .get(0);
  }

  /** Values of 16 bits multiplied by a kernel. */
  private static KernelChoices dense(String kernel) {
    return new KernelChoices(
        new TreeMap<>(), new TreeMap<>(Map.of(DType.BFLOAT16.label(), kernel)));
  }

  /** The product in the packed form, of values of 16 bits by the op of our own. */
  @Benchmark
  public long packed() {
    return product(packed);
  }

  /** The product of the same values by libtorch, dense in bfloat16. */
  @Benchmark
  public long dense() {
    return product(dense);
  }

  private long product(List<ScriptModule> from) {
    ScriptModule linear = from.get(turn++ % from.size());
    try (NDManager scope = Objects.requireNonNull(owner).newSubManager()) {
      return linear.call(scope, "forward", Objects.requireNonNull(x)).getShape().size();
    }
  }

  /** Reads as many bytes as the packed form has, and adds them up as floats. */
  @Benchmark
  public float read() {
    try (NDManager scope = Objects.requireNonNull(owner).newSubManager()) {
      NDArray some = numbers.get(turn++ % numbers.size());
      NDArray sum = some.sum();
      sum.attach(scope);
      return sum.getFloat();
    }
  }

  /** Gives the memory back. */
  @TearDown(Level.Trial)
  public void close() {
    if (owner != null) {
      owner.close();
    }
    if (torch != null) {
      torch.close();
    }
  }
}
