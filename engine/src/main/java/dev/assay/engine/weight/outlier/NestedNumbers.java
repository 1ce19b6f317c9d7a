package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BitStream;
import dev.assay.engine.weight.PackingScripts;
import dev.assay.engine.weight.WeightRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Numbers of groups that are codes on grids of their own, one for each group of a run of rows:
 * number = step · (code − zero). SpQR calls it bilevel quantization.
 *
 * @param codes uint8 [rows, groups]
 * @param steps float16 or float32 [runs, groups]
 * @param zeros likewise, any numbers
 * @param run int32 [rows], the run that each row is in
 * @param width bits a code
 * @param runSize rows of a run where rows are in order; the last run may be shorter
 */
public record NestedNumbers(
    NDArray codes, NDArray steps, NDArray zeros, NDArray run, int width, int runSize)
    implements GroupNumbers {
  static final String BITS = "bits";
  private static final String RUN_SIZE = "rows";
  private static final String CODES = "_codes";
  private static final String STEPS = "_steps";
  private static final String ZEROS = "_zeros";
  private static final String RUN = "_run";

  public NestedNumbers {
    if (codes.getDataType() != DataType.UINT8 || codes.getShape().dimension() != 2) {
      throw new IllegalArgumentException(
          "codes: found " + codes.getShape() + ", expected uint8 [rows, groups]");
    }
    if (width < 1 || width > Byte.SIZE || runSize < 1) {
      throw new IllegalArgumentException(
          "found %d bits in runs of %d, expected 1 to 8 in runs of 1 or more"
              .formatted(width, runSize));
    }
    if (!steps.getShape().equals(zeros.getShape())
        || steps.getShape().dimension() != 2
        || steps.getShape().get(1) != codes.getShape().get(1)) {
      throw new IllegalArgumentException(
          "steps and zeros: found %s and %s, expected [runs, %d] each"
              .formatted(steps.getShape(), zeros.getShape(), codes.getShape().get(1)));
    }
    if (run.getShape().size() != codes.getShape().get(0)) {
      throw new IllegalArgumentException(
          "run: found " + run.getShape() + ", expected one of each of " + codes.getShape());
    }
  }

  /** The run of each row where rows are in order. */
  public static int[] inOrder(long rows, int runSize) {
    return IntStream.range(0, Math.toIntExact(rows)).map(row -> row / runSize).toArray();
  }

  private boolean isInOrder() {
    return Arrays.equals(run.toIntArray(), inOrder(rows(), runSize));
  }

  @Override
  public long rows() {
    return codes.getShape().get(0);
  }

  @Override
  public long groups() {
    return codes.getShape().get(1);
  }

  @Override
  public NDArray values(TorchSession torch, NDManager owner) {
    return FormScripts.of(torch).call(owner, "nested_numbers", codes, steps, zeros, run);
  }

  @Override
  public long storedBytes() {
    return FormScripts.streamBytes(rows(), groups(), width)
        + FormScripts.bytes(steps)
        + FormScripts.bytes(zeros)
        + (isInOrder() ? 0 : FormScripts.bytes(run));
  }

  @Override
  public Map<String, NDArray> tensors(TorchSession torch, NDManager owner) {
    Map<String, NDArray> tensors =
        new TreeMap<>(
            Map.of(CODES, BitStream.pack(torch, owner, codes, width), STEPS, steps, ZEROS, zeros));
    if (!isInOrder()) {
      tensors.put(RUN, run);
    }
    return tensors;
  }

  @Override
  public void describe(ObjectNode entry) {
    entry.put(BITS, width).put(RUN_SIZE, runSize);
  }

  static NestedNumbers of(
      TorchSession torch,
      NDManager owner,
      Map<String, NDArray> tensors,
      JsonNode entry,
      long rows,
      long groups) {
    int width = entry.path(BITS).asInt();
    int runSize = entry.path(RUN_SIZE).asInt();
    NDArray run = tensors.get(RUN);
    return new NestedNumbers(
        BitStream.unpack(torch, owner, tensor(tensors, CODES), width, groups),
        tensor(tensors, STEPS),
        tensor(tensors, ZEROS),
        run == null ? owner.create(inOrder(rows, Math.max(1, runSize))) : run,
        width,
        runSize);
  }

  private static NDArray tensor(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  @Override
  public NestedNumbers select(TorchSession torch, NDManager owner, long[] rows) {
    int[] all = run.toIntArray();
    int[] runs = Arrays.stream(rows).mapToInt(row -> all[Math.toIntExact(row)]).toArray();
    // Those of other rows are left behind.
    int[] used = Arrays.stream(runs).distinct().sorted().toArray();
    long[] kept = Arrays.stream(used).asLongStream().toArray();
    return new NestedNumbers(
        WeightRows.select(torch, owner, codes, rows),
        WeightRows.select(torch, owner, steps, kept),
        WeightRows.select(torch, owner, zeros, kept),
        owner.create(Arrays.stream(runs).map(each -> Arrays.binarySearch(used, each)).toArray()),
        width,
        runSize);
  }

  @Override
  public NestedNumbers join(
      TorchSession torch, NDManager owner, List<? extends GroupNumbers> parts, long[] places) {
    List<NestedNumbers> all = parts.stream().map(NestedNumbers.class::cast).toList();
    int[] runs = new int[places.length];
    int before = 0;
    int row = 0;
    for (NestedNumbers part : all) {
      for (int each : part.run().toIntArray()) {
        runs[Math.toIntExact(places[row])] = before + each;
        row++;
      }
      before += Math.toIntExact(part.steps().getShape().get(0));
    }
    List<NDArray> codes = new ArrayList<>();
    all.forEach(part -> codes.add(part.codes()));
    return new NestedNumbers(
        WeightRows.join(torch, owner, codes, places),
        torch.tensors().concatenate(owner, all.stream().map(NestedNumbers::steps).toList(), 0),
        torch.tensors().concatenate(owner, all.stream().map(NestedNumbers::zeros).toList(), 0),
        owner.create(runs),
        width,
        runSize);
  }

  @Override
  public NestedNumbers narrowed(TorchSession torch, NDManager owner) {
    return new NestedNumbers(
        codes,
        FormScripts.copy(torch, owner, steps, DType.FLOAT16),
        FormScripts.copy(torch, owner, zeros, DType.FLOAT16),
        run,
        width,
        runSize);
  }

  @Override
  public ModuleNode module(TorchSession torch, NDManager owner) {
    int field = FormScripts.field(width);
    return FormScripts.module("NestedNumbers")
        .with("codes", PackingScripts.of(torch).call(owner, "pack_bits", codes, (long) field))
        .with("steps", torch.tensors().copy(owner, steps))
        .with("zeros", torch.tensors().copy(owner, zeros))
        .with("run", torch.tensors().copy(owner, run))
        .with("bits", field)
        .with("mask", (1 << field) - 1);
  }
}
