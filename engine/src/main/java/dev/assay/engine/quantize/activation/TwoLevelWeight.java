package dev.assay.engine.quantize.activation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.CodedWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.Int8PackKernel;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormat;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of 4 bits within one of 8: value = row scale · level, level = code · group scale −
 * offset, a whole number from −128 to 127.
 *
 * @param codes uint8 [out, in], 0 to 15
 * @param rowScales float16 [out, 1]
 * @param groupScales uint8 [out, groups]
 * @param offsets int16 [out, groups]
 * @param groupSize columns of a group; the last may be shorter
 * @see <a href="https://arxiv.org/abs/2405.04532">Lin et al. 2024, QServe</a>
 */
record TwoLevelWeight(
    NDArray codes, NDArray rowScales, NDArray groupScales, NDArray offsets, int groupSize)
    implements CodedWeight {
  private static final float MIDDLE = 128;
  private static final GridForm LEVELS =
      new GridForm(Byte.SIZE, GridForm.PER_CHANNEL, true, true, GridForm.Layout.GPTQ);

  TwoLevelWeight {
    Shape shape = codes.getShape();
    if (codes.getDataType() != DataType.UINT8 || shape.dimension() != 2) {
      throw new IllegalArgumentException(
          "codes: found " + codes.getDataType() + " " + shape + ", expected uint8 [out, in]");
    }
    if (groupSize < 1) {
      throw new IllegalArgumentException("groupSize: found " + groupSize + ", expected at least 1");
    }
    Shape groups = new Shape(shape.get(0), (shape.get(1) + groupSize - 1) / groupSize);
    if (!groupScales.getShape().equals(groups) || !offsets.getShape().equals(groups)) {
      throw new IllegalArgumentException(
          "group scales and offsets: found %s and %s, expected %s"
              .formatted(groupScales.getShape(), offsets.getShape(), groups));
    }
    if (!rowScales.getShape().equals(new Shape(shape.get(0), 1))) {
      throw new IllegalArgumentException(
          "row scales: found " + rowScales.getShape() + ", expected one a row");
    }
  }

  @Override
  public String format() {
    return "int4 g" + groupSize + " within int8 per row";
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return levels(torch, scope).dequantize(torch, owner);
    }
  }

  /** The same values as codes of 8 bits under a scale a row, which is how it multiplies. */
  QuantizedWeight levels(TorchSession torch, NDManager owner) {
    NDArray levels =
        torch
            .script(TwoLevelWeight.class, "w4a8.py")
            .call(owner, "levels", codes, groupScales, offsets, (long) groupSize);
    NDArray scales = torch.tensors().copy(owner, rowScales);
    return QuantizedWeight.inOrder(
        owner, levels, scales, owner.full(scales.getShape(), MIDDLE), LEVELS);
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    Int8PackKernel kernel = new Int8PackKernel();
    try (NDManager scope = owner.newSubManager()) {
      List<StoredWeight> levels = List.of(levels(runtime.torch(), scope));
      PlainInput plain = new PlainInput();
      return kernel.accepts(levels, plain, runtime)
          ? Optional.of(kernel.prepare(owner, levels, plain, runtime))
          : Optional.empty();
    }
  }

  @Override
  public long storedBytes() {
    long groups = groupScales.getShape().size();
    return outFeatures() * ((inFeatures() + 1) / 2 + DType.FLOAT16.bytes())
        + groups * (1 + Short.BYTES);
  }

  @Override
  public TwoLevelWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new TwoLevelWeight(
        WeightRows.select(torch, owner, codes, rows),
        WeightRows.select(torch, owner, rowScales, rows),
        WeightRows.select(torch, owner, groupScales, rows),
        WeightRows.select(torch, owner, offsets, rows),
        groupSize);
  }

  @Override
  public TwoLevelWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<TwoLevelWeight> weights = parts.stream().map(TwoLevelWeight.class::cast).toList();
    if (weights.stream().anyMatch(each -> each.groupSize != groupSize)) {
      throw new IllegalArgumentException("weights in groups of other sizes cannot be joined");
    }
    return new TwoLevelWeight(
        WeightRows.join(torch, owner, weights, each -> each.codes, rows),
        WeightRows.join(torch, owner, weights, each -> each.rowScales, rows),
        WeightRows.join(torch, owner, weights, each -> each.groupScales, rows),
        WeightRows.join(torch, owner, weights, each -> each.offsets, rows),
        groupSize);
  }

  /** Keeps two codes a byte and the scales of both levels. */
  public static final class Format implements WeightFormat<TwoLevelWeight> {
    private static final String CODES = "codes";
    private static final String ROW_SCALES = "row_scales";
    private static final String GROUP_SCALES = "group_scales";
    private static final String OFFSETS = "offsets";

    @Override
    public String name() {
      return "two-level";
    }

    @Override
    public Class<TwoLevelWeight> weights() {
      return TwoLevelWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, TwoLevelWeight weight) {
      return new TreeMap<>(
          Map.of(
              CODES,
              torch.script(TwoLevelWeight.class, "w4a8.py").call(owner, "pack", weight.codes()),
              ROW_SCALES,
              weight.rowScales(),
              GROUP_SCALES,
              weight.groupScales(),
              OFFSETS,
              weight.offsets()));
    }

    @Override
    public ObjectNode entry(TwoLevelWeight weight) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("groupSize", weight.groupSize())
          .put("columns", weight.inFeatures());
    }

    @Override
    public TwoLevelWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray packed = Objects.requireNonNull(tensors.get(CODES), CODES);
      return new TwoLevelWeight(
          torch
              .script(TwoLevelWeight.class, "w4a8.py")
              .call(owner, "unpack", packed, entry.path("columns").asLong()),
          Objects.requireNonNull(tensors.get(ROW_SCALES), ROW_SCALES),
          Objects.requireNonNull(tensors.get(GROUP_SCALES), GROUP_SCALES),
          Objects.requireNonNull(tensors.get(OFFSETS), OFFSETS),
          entry.path("groupSize").asInt());
    }
  }
}
