package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.DenseKernel;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.Int4PackKernel;
import dev.assay.engine.weight.Int8PackKernel;
import dev.assay.engine.weight.Kernel;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.TiledCodebookKernel;
import dev.assay.engine.weight.TiledGridKernel;
import dev.assay.engine.weight.sparse.BitmaskKernel;
import dev.assay.engine.weight.sparse.CsrLinear;
import dev.assay.engine.weight.sparse.SparseForm;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Finds out by timing which path of a kernel is faster for how many rows of input on this machine,
 * and which kernel where several take the same codes. Each time is the least of several, taken in
 * turns, so that what else the machine does counts little.
 */
public final class KernelProbe {
  private static final int[] ROWS = {2, 4, 8, 16, 32, 64, 128, 256};
  private static final int[] BITS = {2, 3, 4, 8};
  private static final int GROUP = 128;
  private static final int BLOCK = 64;
  private static final int OUT = 512;
  private static final int IN = 1024;
  private static final int TURNS = 5;

  /** Of a product of one row. */
  private static final int WIDE = 2048;

  /** More floats than caches hold, so that weights come from memory. */
  private static final long EVICTING = 32L << 20;

  /** What another kernel has to be faster by, so that noise decides nothing. */
  private static final double MARGIN = 1.1;

  private static final long SEED = 23;

  /** Beyond which half and a tenth of normal values are. */
  private static final double HALF = 0;

  private static final double TENTH = 1.2816;

  private final TorchSession torch;
  private final Execution execution;

  /**
   * @param execution whose kernels are timed, with activations as they come
   */
  public KernelProbe(TorchSession torch, Execution execution) {
    this.torch = torch;
    this.execution = execution.with(KernelInputs.NATIVE).with(KernelChoices.NONE);
  }

  /** Takes some seconds; nothing is timed off a CPU. */
  public KernelChoices measure() {
    SortedMap<String, Long> rows = new TreeMap<>();
    SortedMap<String, String> kernels = new TreeMap<>();
    if (execution.packed() && execution.device().equals(TorchDevice.CPU)) {
      for (int bits : BITS) {
        try (NDManager scope = torch.manager().newSubManager()) {
          border(scope, new TiledGridKernel(), bits, grid(scope, bits, GROUP), rows);
        }
      }
      try (NDManager scope = torch.manager().newSubManager()) {
        border(scope, new TiledCodebookKernel(), Codebook.BITS, table(scope), rows);
        border(scope, new Int4PackKernel(), 4, grid(scope, 4, GROUP), rows);
        border(scope, new Int8PackKernel(), 8, grid(scope, 8, GridForm.PER_CHANNEL), rows);
      }
      if (hasDenseRows()) {
        try (NDManager scope = torch.manager().newSubManager()) {
          String type = execution.dtype().label();
          border(scope, new DenseKernel(), DenseKernel.ROWS, type, values(scope, OUT, IN), rows);
          dense(scope, kernels);
        }
        try (NDManager scope = torch.manager().newSubManager()) {
          bitmask(scope, rows, kernels);
        }
        try (NDManager scope = torch.manager().newSubManager()) {
          csr(scope, rows, kernels);
        }
      }
      try (NDManager scope = torch.manager().newSubManager()) {
        faster(scope, new Int4PackKernel(), grid(scope, 4, GROUP, WIDE, WIDE), kernels);
        faster(
            scope, new Int8PackKernel(), grid(scope, 8, GridForm.PER_CHANNEL, WIDE, WIDE), kernels);
      }
    }
    return new KernelChoices(rows, kernels);
  }

  private void border(
      NDManager scope,
      Kernel kernel,
      int bits,
      StoredWeight weight,
      SortedMap<String, Long> found) {
    border(scope, kernel, kernel.name(), of(bits), weight, found);
  }

  /** The most rows, of some, for which packed codes, or our own op, are faster; at least one. */
  private void border(
      NDManager scope,
      Kernel kernel,
      String name,
      String of,
      StoredWeight weight,
      SortedMap<String, Long> found) {
    String key = KernelChoices.key(name, of);
    KernelChoices always = choices(Map.of(key, Long.MAX_VALUE), name, of);
    KernelChoices one = choices(Map.of(key, 1L), name, of);
    if (!accepts(kernel, weight, always)) {
      return;
    }
    ScriptModule packed = alone(scope, kernel, weight, always);
    ScriptModule values = alone(scope, kernel, weight, one);
    int least = 0;
    int most = ROWS.length;
    while (least < most) {
      int middle = (least + most) / 2;
      double[] times = times(scope, ROWS[middle], packed, values);
      if (times[0] <= times[1]) {
        least = middle + 1;
      } else {
        most = middle;
      }
    }
    found.put(key, least == 0 ? 1L : ROWS[least - 1]);
  }

  /** The faster of a kernel of libtorch's and the op of our own, for one row. */
  private void faster(
      NDManager scope, Kernel other, QuantizedWeight weight, SortedMap<String, String> found) {
    int bits = weight.grid().bits();
    Kernel own = new TiledGridKernel();
    KernelChoices choices = choices(Map.of(), own.name(), of(bits));
    if (accepts(own, weight, choices) && accepts(other, weight, choices)) {
      double[] times =
          ofOneRow(
              scope,
              owner ->
                  List.of(
                      alone(owner, own, weight, choices), alone(owner, other, weight, choices)));
      found.put(
          KernelChoices.codes(bits), times[0] <= MARGIN * times[1] ? own.name() : other.name());
    }
  }

  private boolean hasDenseRows() {
    return execution.dtype() != DType.FLOAT32 && NativeOps.areHere();
  }

  /** The faster of libtorch's product and the op of our own for values and one row. */
  private void dense(NDManager scope, SortedMap<String, String> found) {
    Kernel kernel = new DenseKernel();
    String type = execution.dtype().label();
    StoredWeight weight = values(scope, WIDE, WIDE);
    double[] times =
        ofOneRow(
            scope,
            owner ->
                List.of(
                    alone(owner, kernel, weight, choices(Map.of(), DenseKernel.ROWS, type)),
                    alone(owner, kernel, weight, choices(Map.of(), kernel.name(), type))));
    // No margin: a weight that is reordered for libtorch serves its products of many rows better.
    found.put(type, times[0] < times[1] ? DenseKernel.ROWS : kernel.name());
  }

  /** The same of values of which half are 0: under a bitmask, or all as was found faster. */
  private void bitmask(
      NDManager scope, SortedMap<String, Long> rows, SortedMap<String, String> kernels) {
    Kernel kernel = new BitmaskKernel();
    String key = BitmaskKernel.key(execution.dtype());
    if (isFaster(
        scope, kernel, pruned(scope, HALF, WIDE, WIDE), key, BitmaskKernel.NAME, rows, kernels)) {
      StoredWeight weight = pruned(scope, HALF, OUT, IN);
      border(scope, kernel, kernel.name(), execution.dtype().label(), weight, rows);
    }
  }

  /** Where a tenth is left: each value with its column, or as was found faster before. */
  private void csr(
      NDManager scope, SortedMap<String, Long> rows, SortedMap<String, String> kernels) {
    Kernel kernel = new BitmaskKernel();
    String key = CsrLinear.key(execution.dtype());
    if (isFaster(
        scope, kernel, pruned(scope, TENTH, WIDE, WIDE), key, CsrLinear.NAME, rows, kernels)) {
      StoredWeight weight = pruned(scope, TENTH, OUT, IN);
      border(scope, kernel, CsrLinear.NAME, execution.dtype().label(), weight, rows);
    }
  }

  /** Whether a choice makes a kernel faster than without it, which it keeps. */
  private boolean isFaster(
      NDManager scope,
      Kernel kernel,
      StoredWeight weight,
      String key,
      String name,
      SortedMap<String, Long> rows,
      SortedMap<String, String> kernels) {
    KernelChoices found = new KernelChoices(rows, kernels);
    double[] times =
        ofOneRow(
            scope,
            owner ->
                List.of(
                    alone(owner, kernel, weight, found.with(key, name)),
                    alone(owner, kernel, weight, found)));
    boolean faster = times[0] < times[1];
    kernels.put(key, faster ? name : new DenseKernel().name());
    return faster;
  }

  /** The least time of each linear, in nanoseconds, the weights not in caches. */
  private double[] ofOneRow(NDManager scope, Function<NDManager, List<ScriptModule>> linears) {
    try (NDManager inner = scope.newSubManager()) {
      NDArray x = inputs(inner, 1, WIDE);
      NDArray other = torch.tensors().zeros(inner, DType.FLOAT32, EVICTING);
      List<ScriptModule> modules = linears.apply(inner);
      double[] least = new double[modules.size()];
      Arrays.fill(least, Double.MAX_VALUE);
      for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < least.length; i++) {
          other.sum().close();
          long start = System.nanoTime();
          modules.get(i).call(inner, "forward", x).close();
          least[i] = Math.min(least[i], (double) (System.nanoTime() - start));
        }
      }
      return least;
    }
  }

  private static String of(int bits) {
    return KernelChoices.codes(bits);
  }

  private static KernelChoices choices(Map<String, Long> rows, String kernel, String of) {
    return new KernelChoices(
        new TreeMap<>(rows),
        new TreeMap<>(Map.of(of, kernel, KernelChoices.key(kernel, of), kernel)));
  }

  private boolean accepts(Kernel kernel, StoredWeight weight, KernelChoices choices) {
    return kernel.accepts(List.of(weight), new PlainInput(), runtime(choices));
  }

  private KernelRuntime runtime(KernelChoices choices) {
    return KernelRuntime.of(torch, execution.with(choices));
  }

  private ScriptModule alone(
      NDManager scope, Kernel kernel, StoredWeight weight, KernelChoices choices) {
    var linear = kernel.prepare(scope, List.of(weight), new PlainInput(), runtime(choices));
    return LinearAlone.of(scope, linear.module());
  }

  /** The least time of each, in nanoseconds. */
  private double[] times(NDManager scope, int rows, ScriptModule... modules) {
    double[] least = new double[modules.length];
    try (NDManager inner = scope.newSubManager()) {
      NDArray x = inputs(inner, rows, IN);
      for (int turn = -1; turn < TURNS; turn++) {
        for (int i = 0; i < modules.length; i++) {
          long start = System.nanoTime();
          modules[i].call(inner, "forward", x).close();
          double time = System.nanoTime() - start;
          // The first of each warms up.
          least[i] = turn <= 0 ? time : Math.min(least[i], time);
        }
      }
    }
    return least;
  }

  private NDArray inputs(NDManager owner, int rows, int columns) {
    return torch
        .tensors()
        .cast(owner, LinearAlone.inputs(torch, owner, rows, columns, SEED), execution.dtype());
  }

  private StoredWeight values(NDManager owner, int out, int in) {
    NDArray values = LinearAlone.inputs(torch, owner, out, in, SEED);
    return new DenseWeight(
        torch.tensors().cast(owner, values, execution.dtype()), execution.dtype());
  }

  /** Of normal values those beyond one. */
  private StoredWeight pruned(NDManager owner, double beyond, int out, int in) {
    NDArray values = LinearAlone.inputs(torch, owner, out, in, SEED);
    NDArray mask = values.gt(beyond).toType(DataType.FLOAT32, false);
    NDArray narrow = torch.tensors().cast(owner, values.mul(mask), execution.dtype());
    return SparseForm.BITMASK.of(torch, owner, narrow);
  }

  private QuantizedWeight grid(NDManager owner, int bits, int group) {
    return grid(owner, bits, group, OUT, IN);
  }

  private QuantizedWeight grid(NDManager owner, int bits, int group, int out, int in) {
    byte[] codes = new byte[out * in];
    new Random(SEED).nextBytes(codes);
    int mask = (1 << bits) - 1;
    for (int i = 0; i < codes.length; i++) {
      codes[i] &= (byte) mask;
    }
    int groups = group == GridForm.PER_CHANNEL ? 1 : in / group;
    NDArray signed = owner.create(codes, new Shape(out, in));
    return QuantizedWeight.inOrder(
        owner,
        torch.tensors().reinterpret(owner, signed, DType.UINT8),
        owner.full(new Shape(out, groups), 0.01f),
        owner.full(new Shape(out, groups), 1 << (bits - 1)).toType(DataType.FLOAT32, false),
        new GridForm(bits, group, true, true, GridForm.Layout.COMPRESSED_TENSORS));
  }

  private StoredWeight table(NDManager owner) {
    NDArray values = LinearAlone.inputs(torch, owner, OUT, IN, SEED);
    return CodebookWeight.quantize(torch, owner, values, Codebook.NF4, BLOCK, 0, DType.FLOAT32);
  }
}
