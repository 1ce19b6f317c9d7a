package dev.assay.engine.quantize.activation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ColumnsApart;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
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
 * A weight of signed bytes under a scale a row, of which some columns are in float16.
 *
 * @param apart all columns, symmetric, 8 bits, a scale a row, and those that are not taken from it
 */
record ColumnsApartWeight(ColumnsApart apart) implements StoredWeight {
  ColumnsApartWeight {
    GridForm grid = apart.rounded().grid();
    if (grid.bits() != Byte.SIZE || !grid.symmetric() || grid.groupSize() != GridForm.PER_CHANNEL) {
      throw new IllegalArgumentException(
          "rounded: found " + grid + ", expected 8 bits under a scale a row, symmetric");
    }
  }

  ColumnsApartWeight(QuantizedWeight rounded, NDArray columns, NDArray values) {
    this(new ColumnsApart(rounded, columns, values));
  }

  private QuantizedWeight rounded() {
    return apart.rounded();
  }

  private NDArray columns() {
    return apart.columns();
  }

  private NDArray values() {
    return apart.values();
  }

  /**
   * Some columns of a weight beside its codes.
   *
   * @param weight float32 [out, in]
   */
  static ColumnsApartWeight of(
      TorchSession torch, NDManager owner, QuantizedWeight rounded, NDArray weight, int[] columns) {
    NDArray index = owner.create(columns);
    try (NDManager scope = owner.newSubManager()) {
      NDArray some =
          torch
              .script(ColumnsApartWeight.class, "llm_int8.py")
              .call(scope, "columns", weight, index);
      return new ColumnsApartWeight(
          rounded,
          index,
          torch.tensors().copy(owner, torch.tensors().cast(scope, some, DType.FLOAT16)));
    }
  }

  @Override
  public long outFeatures() {
    return rounded().outFeatures();
  }

  @Override
  public long inFeatures() {
    return rounded().inFeatures();
  }

  @Override
  public String format() {
    return "int8 per row, columns in float16";
  }

  @Override
  public Optional<ColumnsApart> columnsApart() {
    return Optional.of(apart);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return torch
          .script(ColumnsApartWeight.class, "llm_int8.py")
          .call(owner, "beside", rounded().dequantize(torch, scope), columns(), values());
    }
  }

  @Override
  public long storedBytes() {
    long count = columns().getShape().size();
    return rounded().storedBytes()
        + count * (Integer.BYTES + DType.FLOAT16.bytes() * outFeatures());
  }

  @Override
  public ColumnsApartWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new ColumnsApartWeight(
        rounded().rows(torch, owner, rows),
        torch.tensors().copy(owner, columns()),
        WeightRows.select(torch, owner, values(), rows));
  }

  @Override
  public ColumnsApartWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<ColumnsApartWeight> weights = parts.stream().map(ColumnsApartWeight.class::cast).toList();
    if (weights.stream().anyMatch(each -> !WeightRows.same(torch, each.columns(), columns()))) {
      throw new IllegalArgumentException("weights with other columns apart cannot be joined");
    }
    return new ColumnsApartWeight(
        rounded()
            .joined(
                torch,
                owner,
                weights.stream().<StoredWeight>map(ColumnsApartWeight::rounded).toList(),
                rows),
        torch.tensors().copy(owner, columns()),
        WeightRows.join(torch, owner, weights, ColumnsApartWeight::values, rows));
  }

  /** Keeps the codes as signed bytes, their scales, and the columns. */
  public static final class Format implements WeightFormat<ColumnsApartWeight> {
    private static final String CODES = "weight";
    private static final String SCALES = "weight_scale";
    private static final String COLUMNS = "columns";
    private static final String VALUES = "column_values";
    private static final float MIDDLE = 128;

    @Override
    public String name() {
      return "columns-apart";
    }

    @Override
    public Class<ColumnsApartWeight> weights() {
      return ColumnsApartWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, ColumnsApartWeight weight) {
      return new TreeMap<>(
          Map.of(
              CODES, weight.rounded().codes(),
              SCALES, weight.rounded().scales(),
              COLUMNS, weight.columns(),
              VALUES, weight.values()));
    }

    @Override
    public ObjectNode entry(ColumnsApartWeight weight) {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public ColumnsApartWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray scales = Objects.requireNonNull(tensors.get(SCALES), SCALES);
      NDArray zeros = owner.full(scales.getShape(), MIDDLE);
      QuantizedWeight rounded =
          QuantizedWeight.inOrder(
              owner,
              Objects.requireNonNull(tensors.get(CODES), CODES),
              scales,
              zeros,
              new GridForm(Byte.SIZE, GridForm.PER_CHANNEL, true, true, GridForm.Layout.INT8));
      return new ColumnsApartWeight(
          rounded,
          Objects.requireNonNull(tensors.get(COLUMNS), COLUMNS),
          Objects.requireNonNull(tensors.get(VALUES), VALUES));
    }
  }
}
