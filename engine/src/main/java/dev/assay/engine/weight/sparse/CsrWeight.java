package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight as compressed sparse rows: smaller than a bitmask where fewer than a sixteenth of the
 * values of up to 32,768 columns are not 0.
 *
 * @param values [n], row by row
 * @param columns int32 [n], the column of each, ascending within a row; stored in 16 bits where
 *     those say it
 * @param offsets int32 [out + 1], where the values of each row begin and those of the last end
 * @param inFeatures columns of the weight
 * @param type of the values
 */
public record CsrWeight(
    NDArray values, NDArray columns, NDArray offsets, long inFeatures, DType type)
    implements SparseWeight {
  /** Columns that a signed number of 16 bits can say. */
  private static final long NARROW = 1L << 15;

  public CsrWeight {
    SparseScripts.requireFloating(type);
    long count = values.getShape().size();
    if (columns.getDataType() != DataType.INT32 || offsets.getDataType() != DataType.INT32) {
      throw new IllegalArgumentException("columns and offsets are to be int32");
    }
    if (values.getShape().dimension() != 1 || !columns.getShape().equals(new Shape(count))) {
      throw new IllegalArgumentException(
          "columns: found %s beside values %s, expected one of each"
              .formatted(columns.getShape(), values.getShape()));
    }
    if (offsets.getShape().dimension() != 1 || offsets.getShape().size() < 2) {
      throw new IllegalArgumentException(
          "offsets: found " + offsets.getShape() + ", expected one a row and an end");
    }
  }

  /** The type in which columns are stored where there are so many. */
  static DType columnType(long inFeatures) {
    return inFeatures <= NARROW ? DType.INT16 : DType.INT32;
  }

  /**
   * A weight's values that are not 0.
   *
   * @param whole [out, in], of a floating type of 16 or 32 bits
   */
  public static CsrWeight of(TorchSession torch, NDManager owner, NDArray whole) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = SparseScripts.nonzero(torch, scope, whole);
      List<NDArray> places = SparseScripts.of(torch).callForList(owner, "rows_and_columns", mask);
      return new CsrWeight(
          SparseScripts.kept(torch, owner, whole, mask),
          places.get(1),
          places.get(0),
          whole.getShape().get(1),
          torch.tensors().typeOf(whole));
    }
  }

  @Override
  public long outFeatures() {
    return offsets.getShape().size() - 1;
  }

  @Override
  public SparseForm form() {
    return SparseForm.CSR;
  }

  @Override
  public NDArray whole(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask =
          SparseScripts.of(torch).call(scope, "mask_of_columns", offsets, columns, inFeatures);
      return SparseScripts.spread(torch, owner, values, mask);
    }
  }

  @Override
  public long storedBytes() {
    return form().bytes(outFeatures(), inFeatures, values.getShape().size(), type);
  }

  /** Keeps columns in 16 bits where there are no more than those can say. */
  public static final class Format implements WeightFormat<CsrWeight> {
    private static final String VALUES = "values";
    private static final String COLUMNS = "col_indices";
    private static final String OFFSETS = "crow_indices";
    private static final String WIDTH = "columns";

    @Override
    public String name() {
      return SparseForm.CSR.format();
    }

    @Override
    public Class<CsrWeight> weights() {
      return CsrWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, CsrWeight weight) {
      DType type = columnType(weight.inFeatures());
      return new TreeMap<>(
          Map.of(
              VALUES, weight.values(),
              COLUMNS, torch.tensors().cast(owner, weight.columns(), type),
              OFFSETS, weight.offsets()));
    }

    @Override
    public ObjectNode entry(CsrWeight weight) {
      return JsonNodeFactory.instance.objectNode().put(WIDTH, weight.inFeatures());
    }

    @Override
    public CsrWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray values = Objects.requireNonNull(tensors.get(VALUES), VALUES);
      NDArray stored = Objects.requireNonNull(tensors.get(COLUMNS), COLUMNS);
      CsrWeight weight =
          new CsrWeight(
              values,
              torch.tensors().cast(owner, stored, DType.INT32),
              Objects.requireNonNull(tensors.get(OFFSETS), OFFSETS),
              entry.path(WIDTH).asLong(),
              torch.tensors().typeOf(values));
      weight.requireOrdered(torch);
      return weight;
    }
  }

  private void requireOrdered(TorchSession torch) {
    ScriptModule script = SparseScripts.of(torch);
    if (!script.callForBoolean("are_offsets", offsets, values.getShape().size())) {
      throw new IllegalArgumentException(
          "offsets: expected them to ascend from 0 to " + values.getShape().size());
    }
    if (!script.callForBoolean("are_columns", offsets, columns, inFeatures)) {
      throw new IllegalArgumentException(
          "columns: expected them to ascend within a row, below " + inFeatures);
    }
  }
}
