package dev.assay.engine.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings stored weights into the form in which they run: the packed one where libtorch has a kernel
 * for it, otherwise dense. Weights of one input are joined into one product where their forms
 * agree.
 */
public final class WeightPreparer {
  private final TorchSession torch;
  private final Execution execution;
  private final ScriptModule kernels;
  private final CpuKernels cpu;
  private final boolean borrows;
  private final DenseForm dense;
  private final Int4Form int4;
  private final Int8Form int8;

  public WeightPreparer(TorchSession torch, Execution execution) {
    this(torch, execution, false);
  }

  private WeightPreparer(TorchSession torch, Execution execution, boolean borrows) {
    this.torch = torch;
    this.borrows = borrows;
    this.execution = execution;
    this.kernels = torch.script(WeightPreparer.class, "kernels.py");
    this.cpu = CpuKernels.detect(torch, execution.dtype());
    this.dense = new DenseForm(torch, execution.dtype(), cpu);
    this.int4 = new Int4Form(torch, execution.dtype());
    this.int8 = new Int8Form(torch, execution.dtype());
  }

  /**
   * One for float32 weights that the caller keeps for as long as the prepared ones: those that need
   * not be joined are not copied.
   */
  public static WeightPreparer borrowing(TorchSession torch) {
    return new WeightPreparer(torch, Execution.REFERENCE, true);
  }

  /** The constants that the scripts take as {@code limits} beside the weights. */
  public long[] limits() {
    return cpu.limits();
  }

  /** The type in which matrix products of many rows are computed. */
  public DType productType() {
    return cpu.hasNarrowProducts() ? execution.dtype() : DType.FLOAT32;
  }

  /** Prepares weights without biases. */
  public List<RunnableWeight> prepare(NDManager owner, List<? extends StoredWeight> parts) {
    return prepare(owner, List.copyOf(parts), Collections.nCopies(parts.size(), null));
  }

  /**
   * Prepares the weights of linears that share an input.
   *
   * @param owner manager that the result belongs to
   * @param parts at most three weights, in the order of their outputs
   * @param biases for each its bias [out] of any floating type, or null
   * @return one weight if their forms agree, otherwise one each
   */
  public List<RunnableWeight> prepare(
      NDManager owner, List<StoredWeight> parts, List<? extends @Nullable NDArray> biases) {
    if (!execution.packed() || parts.stream().allMatch(DenseWeight.class::isInstance)) {
      return List.of(biased(owner, dense.prepare(owner, parts, borrows), parts, biases));
    }
    Optional<RunnableWeight> joined = packed(owner, parts);
    if (joined.isPresent()) {
      return List.of(biased(owner, joined.get(), parts, biases));
    }
    List<RunnableWeight> each = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<StoredWeight> one = List.of(parts.get(i));
      RunnableWeight weight =
          packed(owner, one).orElseGet(() -> dense.prepare(owner, one, borrows));
      each.add(biased(owner, weight, one, biases.subList(i, i + 1)));
    }
    return each;
  }

  private RunnableWeight biased(
      NDManager owner,
      RunnableWeight weight,
      List<StoredWeight> parts,
      List<? extends @Nullable NDArray> biases) {
    if (biases.stream().allMatch(Objects::isNull)) {
      return weight;
    }
    DType dtype = execution.dtype();
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> all = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        NDArray bias = biases.get(i);
        all.add(
            bias == null
                ? torch.tensors().zeros(scope, dtype, parts.get(i).outFeatures())
                : torch.tensors().cast(scope, bias, dtype));
      }
      NDArray joined = torch.tensors().concatenate(owner, all, 0);
      return weight.withBias(joined, joined.getShape().size() * dtype.bytes());
    }
  }

  private Optional<RunnableWeight> packed(NDManager owner, List<StoredWeight> parts) {
    List<QuantizedWeight> weights = new ArrayList<>();
    for (StoredWeight part : parts) {
      if (!(part instanceof QuantizedWeight weight) || !joinable(parts.get(0), weight)) {
        return Optional.empty();
      }
      weights.add(weight);
    }
    return switch (weights.get(0).grid().bits()) {
      case 4 -> int4.prepare(owner, weights);
      case 8 -> int8.prepare(owner, weights);
      default -> Optional.empty();
    };
  }

  private boolean joinable(StoredWeight first, QuantizedWeight other) {
    return first instanceof QuantizedWeight weight
        && weight.grid().bits() == other.grid().bits()
        && weight.grid().groupSize() == other.grid().groupSize()
        && kernels.callForBoolean("same", weight.groupIndex(), other.groupIndex());
  }
}
