package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.CodedWeight;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.LinearModules;
import dev.assay.engine.weight.OutlierGrid;
import dev.assay.engine.weight.PackingScripts;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A weight of codes on grids whose scales and zeros may be quantized too, and a few values in place
 * of codes, as SpQR has it: value = scale · (code − zero), the scale and the zero those of the row
 * and of the column's group. Columns may be in another order than the weight's, so that groups are
 * runs of the order in which they were visited.
 *
 * @param codes uint8 [out, in], 0 … 2^width − 1, columns in visiting order
 * @param scales of groups
 * @param zeros of groups, any numbers
 * @param outliers values in place of codes; columns in visiting order
 * @param order int32 [in], the column visited j-th; null where columns are in order
 * @param width bits a code, 1 to 8
 * @param groupSize columns of a group; the last may be shorter
 * @see <a href="https://arxiv.org/abs/2306.03078">Dettmers et al. 2023, SpQR</a>
 */
public record BilevelWeight(
    NDArray codes,
    GroupNumbers scales,
    GroupNumbers zeros,
    SparseValues outliers,
    @Nullable NDArray order,
    int width,
    int groupSize)
    implements CodedWeight {
  public BilevelWeight {
    if (codes.getDataType() != DataType.UINT8 || codes.getShape().dimension() != 2) {
      throw new IllegalArgumentException(
          "codes: found " + codes.getShape() + ", expected uint8 [out, in]");
    }
    long out = codes.getShape().get(0);
    long in = codes.getShape().get(1);
    if (width < 1 || width > Byte.SIZE || groupSize < 1) {
      throw new IllegalArgumentException(
          "found %d bits in groups of %d, expected 1 to 8 in groups of 1 or more"
              .formatted(width, groupSize));
    }
    long groups = (in + groupSize - 1) / groupSize;
    for (GroupNumbers numbers : List.of(scales, zeros)) {
      if (numbers.rows() != out || numbers.groups() != groups) {
        throw new IllegalArgumentException(
            "scales and zeros: found [%d, %d], expected [%d, %d]"
                .formatted(numbers.rows(), numbers.groups(), out, groups));
      }
    }
    if (outliers.rows() != out) {
      throw new IllegalArgumentException(
          "outliers: found %d rows, expected %d".formatted(outliers.rows(), out));
    }
    if (order != null && order.getShape().size() != in) {
      throw new IllegalArgumentException(
          "order: found " + order.getShape() + ", expected " + in + " columns");
    }
  }

  @Override
  public double codeBits() {
    return width;
  }

  @Override
  public String format() {
    return "bilevel int" + width + " g" + groupSize;
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return FormScripts.of(torch)
          .call(
              owner,
              "bilevel_values",
              codes,
              scales.values(torch, scope),
              zeros.values(torch, scope),
              (long) groupSize,
              order == null ? scope.create(new int[0]) : order,
              outliers.offsets(),
              outliers.columns(),
              outliers.values());
    }
  }

  @Override
  public long storedBytes() {
    return FormScripts.streamBytes(outFeatures(), inFeatures(), width)
        + scales.storedBytes()
        + zeros.storedBytes()
        + outliers.storedBytes(inFeatures())
        + (order == null ? 0 : FormScripts.bytes(order));
  }

  @Override
  public BilevelWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new BilevelWeight(
        WeightRows.select(torch, owner, codes, rows),
        scales.select(torch, owner, rows),
        zeros.select(torch, owner, rows),
        outliers.select(torch, owner, rows),
        order == null ? null : torch.tensors().copy(owner, order),
        width,
        groupSize);
  }

  @Override
  public BilevelWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<BilevelWeight> all = parts.stream().map(BilevelWeight.class::cast).toList();
    for (BilevelWeight part : all) {
      if (!sameOrder(torch, part) || part.width != width || part.groupSize != groupSize) {
        throw new IllegalArgumentException(
            "weights in the format "
                + format()
                + " cannot be stored as one: their columns were visited in different orders, or on"
                + " different grids");
      }
    }
    return new BilevelWeight(
        WeightRows.join(torch, owner, all, BilevelWeight::codes, rows),
        scales.join(torch, owner, all.stream().map(BilevelWeight::scales).toList(), rows),
        zeros.join(torch, owner, all.stream().map(BilevelWeight::zeros).toList(), rows),
        SparseValues.join(torch, owner, all.stream().map(BilevelWeight::outliers).toList(), rows),
        order == null ? null : torch.tensors().copy(owner, order),
        width,
        groupSize);
  }

  private boolean sameOrder(TorchSession torch, BilevelWeight other) {
    return order == null
        ? other.order == null
        : other.order != null && WeightRows.same(torch, order, other.order);
  }

  /**
   * The same with numbers and values in float16, where that moves none of them by more than its own
   * rounding.
   */
  public Optional<BilevelWeight> narrowed(TorchSession torch, NDManager owner) {
    BilevelWeight narrow =
        new BilevelWeight(
            codes,
            scales.narrowed(torch, owner),
            zeros.narrowed(torch, owner),
            outliers.narrowed(torch, owner),
            order,
            width,
            groupSize);
    return Narrow.holds(torch, owner, this, narrow) ? Optional.of(narrow) : Optional.empty();
  }

  @Override
  public OptionalInt outlierGroup() {
    return OptionalInt.of(groupSize);
  }

  @Override
  public OutlierGrid outlierGrid(TorchSession torch, NDManager owner) {
    return new OutlierGrid(
        width,
        groupSize,
        codes,
        scales.values(torch, owner),
        zeros.values(torch, owner),
        order,
        outliers.offsets(),
        outliers.columns(),
        outliers.values());
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    Tensors tensors = torch.tensors();
    ScriptModule forms = FormScripts.of(torch);
    int field = FormScripts.field(width);
    NDArray places =
        forms.call(owner, "flat_places", outliers.offsets(), outliers.columns(), inFeatures());
    if (outFeatures() * inFeatures() <= Integer.MAX_VALUE) {
      NDArray wide = places;
      places = FormScripts.copy(torch, owner, wide, DType.INT32);
      wide.close();
    }
    ModuleNode module =
        FormScripts.module("BilevelLinear")
            .with("codes", PackingScripts.of(torch).call(owner, "pack_bits", codes, (long) field))
            .with("scales", scales.module(torch, owner))
            .with("zeros", zeros.module(torch, owner))
            .with("places", places)
            .with("values", tensors.copy(owner, outliers.values()))
            .with("bits", field)
            .with("mask", (1 << field) - 1)
            .with("columns", inFeatures())
            .with("size", groupSize);
    if (order != null) {
      module =
          LinearModules.module("ReorderedLinear")
              .with("order", tensors.copy(owner, order))
              .with("base", module);
    }
    return Optional.of(
        new RunnableLinear(
            "bilevel",
            module,
            outFeatures(),
            module.tensors().values().stream().mapToLong(FormScripts::bytes).sum(),
            false,
            "codes of %d bits and %d outliers, dequantised at each call"
                .formatted(field, outliers.count())));
  }
}
