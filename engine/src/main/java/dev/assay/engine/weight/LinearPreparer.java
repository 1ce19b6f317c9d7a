package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Brings stored weights into the form in which they run: the packed one where there is a kernel for
 * it, otherwise dense. Weights of one input are joined into one product where their forms agree.
 */
public final class LinearPreparer {
  private static final InputScheme NONE = new PlainInput();

  private final KernelRuntime runtime;
  private final boolean borrows;
  private final DenseKernel dense = new DenseKernel();
  private final List<Kernel> packed;

  public LinearPreparer(TorchSession torch, Execution execution) {
    this(torch, execution, false);
  }

  private LinearPreparer(TorchSession torch, Execution execution, boolean borrows) {
    this(KernelRuntime.of(torch, execution), borrows, execution.packed() ? installed() : List.of());
  }

  LinearPreparer(KernelRuntime runtime, boolean borrows, List<Kernel> packed) {
    if (runtime.execution().packed()
        && runtime.execution().inputs() == KernelInputs.INT8
        && !runtime.processor().hasOps()) {
      throw new IllegalArgumentException(
          "activations: found int8, expected native, as no kernel here rounds inputs to 8 bits: "
              + (runtime.execution().device().equals(TorchDevice.CPU)
                  ? NativeOps.describe(runtime.torch())
                  : "there are none on " + runtime.execution().device().label()));
    }
    this.runtime = runtime;
    this.borrows = borrows;
    this.packed = packed;
  }

  private static List<Kernel> installed() {
    List<Kernel> kernels = new ArrayList<>();
    ServiceLoader.load(Kernel.class).forEach(kernels::add);
    return List.copyOf(kernels);
  }

  /** One that chooses among all kernels that are installed. */
  static LinearPreparer of(KernelRuntime runtime) {
    return new LinearPreparer(runtime, false, installed());
  }

  /** One whose linears run on any processor and version of libtorch: of plain operations alone. */
  public static LinearPreparer portable(TorchSession torch, DType dtype) {
    return new LinearPreparer(
        new KernelRuntime(torch, Execution.packed(torch.device(), dtype), CpuKernels.ANY),
        false,
        List.of(new GridKernel()));
  }

  /**
   * One for float32 weights that the caller keeps for as long as the prepared ones: those that need
   * not be joined are not copied.
   */
  public static LinearPreparer borrowing(TorchSession torch) {
    return new LinearPreparer(torch, Execution.reference(torch.device()), true);
  }

  /** A linear behind what treats its input; as it is where nothing does. */
  public ModuleNode behind(NDManager owner, InputScheme input, ModuleNode linear) {
    return input instanceof PlainInput
        ? linear
        : LinearModules.treated(input.module(owner, runtime), linear);
  }

  /**
   * Linears of one input in the form in which they run.
   *
   * @param module one {@code linear.Linear} whose outputs are those of all, one after the other
   * @param parts what it is made of
   */
  public record Prepared(ModuleNode module, List<RunnableLinear> parts) {
    public Prepared {
      parts = List.copyOf(parts);
    }
  }

  /** A weight in the packed form that a module reads rows of; nothing where it is to be dense. */
  public Optional<RunnableTable> table(NDManager owner, StoredWeight weight) {
    return packed.isEmpty() ? Optional.empty() : weight.table(owner, runtime);
  }

  /** The type of activations. */
  public DType dtype() {
    return runtime.execution().dtype();
  }

  /** The type in which matrix products of many rows are computed. */
  public DType productType() {
    return runtime.processor().hasNarrowProducts() ? runtime.execution().dtype() : DType.FLOAT32;
  }

  /** Whether ops of our own do what stands between linears. */
  public boolean fuses() {
    Execution execution = runtime.execution();
    return execution.packed() && execution.dtype() != DType.FLOAT32 && runtime.processor().hasOps();
  }

  /** Threads that ops of our own run on. */
  public int threads() {
    return runtime.torch().threads();
  }

  /**
   * From how many elements of a matrix on a product of two rows is faster than of one, where both
   * operands come as they are; 0 for never.
   */
  public long pairedElements() {
    return runtime.processor().pairedElements();
  }

  /** Prepares weights without biases, their input as it comes. */
  public Prepared prepare(NDManager owner, List<? extends StoredWeight> parts) {
    return prepare(owner, List.copyOf(parts), Collections.nCopies(parts.size(), null));
  }

  /** Prepares weights whose input is taken as it comes. */
  public Prepared prepare(
      NDManager owner, List<StoredWeight> parts, List<? extends @Nullable NDArray> biases) {
    return prepare(owner, parts, biases, Collections.nCopies(parts.size(), NONE));
  }

  /**
   * Prepares the weights of linears that share an input.
   *
   * @param owner manager that the tensors belong to
   * @param parts in the order of their outputs
   * @param biases for each its bias [out] of any floating type, or null
   * @param inputs for each what is done to its input
   */
  public Prepared prepare(
      NDManager owner,
      List<StoredWeight> parts,
      List<? extends @Nullable NDArray> biases,
      List<? extends InputScheme> inputs) {
    InputScheme input = inputs.get(0);
    boolean alike = inputs.stream().allMatch(input::equals);
    if (alike && (accepted(parts, input) || parts.stream().allMatch(this::runsDense))) {
      RunnableLinear one = biased(owner, run(owner, parts, input), parts, biases);
      return new Prepared(one.module(), List.of(one));
    }
    List<RunnableLinear> each = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<StoredWeight> one = List.of(parts.get(i));
      each.add(biased(owner, run(owner, one, inputs.get(i)), one, biases.subList(i, i + 1)));
    }
    // One linear too: modules of other packages rely on this one's script beside theirs.
    return new Prepared(LinearModules.sideBySide(each), each);
  }

  private boolean runsDense(StoredWeight weight) {
    return packed.isEmpty() || weight.isDense();
  }

  private boolean accepted(List<StoredWeight> parts, InputScheme input) {
    return kernel(parts, input, runtime).or(() -> kernel(parts, NONE, runtime)).isPresent();
  }

  private Optional<Kernel> kernel(
      List<StoredWeight> parts, InputScheme input, KernelRuntime chosen) {
    return packed.stream().filter(kernel -> kernel.accepts(parts, input, chosen)).findFirst();
  }

  /** By the kernel that treats the input too, or what of it rounds; otherwise behind what does. */
  private RunnableLinear run(NDManager owner, List<StoredWeight> parts, InputScheme input) {
    Optional<Kernel> whole = kernel(parts, input, runtime);
    if (whole.isPresent()) {
      return whole.get().prepare(owner, parts, input, runtime);
    }
    InputScheme rest = input.afterExact();
    Optional<Kernel> rounding =
        rest.rounds() ? kernel(parts, rest, runtime) : Optional.<Kernel>empty();
    if (rounding.isPresent()) {
      RunnableLinear codes = rounding.get().prepare(owner, parts, rest, runtime);
      return codes.behind(input.exact(), owner, runtime);
    }
    KernelRuntime chosen = input.rounds() ? asTheyCome() : runtime;
    return plain(owner, parts, chosen).behind(input, owner, runtime);
  }

  /** Inputs that the method rounds are not to be rounded again. */
  private KernelRuntime asTheyCome() {
    return new KernelRuntime(
        runtime.torch(), runtime.execution().with(KernelInputs.NATIVE), runtime.processor());
  }

  /** By a kernel, as the form itself runs, or dense. */
  private RunnableLinear plain(NDManager owner, List<StoredWeight> parts, KernelRuntime chosen) {
    Optional<Kernel> kernel = kernel(parts, NONE, chosen);
    if (kernel.isPresent()) {
      return kernel.get().prepare(owner, parts, NONE, chosen);
    }
    boolean alone = !packed.isEmpty() && parts.size() == 1;
    return (alone ? parts.get(0).running(owner, chosen) : Optional.<RunnableLinear>empty())
        .orElseGet(() -> dense.prepare(owner, parts, chosen, borrows));
  }

  private RunnableLinear biased(
      NDManager owner,
      RunnableLinear linear,
      List<StoredWeight> parts,
      List<? extends @Nullable NDArray> biases) {
    if (biases.stream().allMatch(Objects::isNull)) {
      return linear;
    }
    DType dtype = runtime.execution().dtype();
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> all = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        NDArray bias = biases.get(i);
        all.add(
            bias == null
                ? runtime.torch().tensors().zeros(scope, dtype, parts.get(i).outFeatures())
                : runtime.torch().tensors().cast(scope, bias, dtype));
      }
      NDArray joined = runtime.torch().tensors().concatenate(owner, all, 0);
      return linear.within(
          LinearModules.biased(linear.module(), joined), joined.getShape().size() * dtype.bytes());
    }
  }
}
