package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BitStream;
import dev.assay.engine.weight.WeightFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps codes as a stream of bits a row, scales and zeros as their own codes where they are
 * quantized too, and outliers row by row. docs/FORMATS.md describes it.
 */
public final class BilevelFormat implements WeightFormat<BilevelWeight> {
  private static final String CODES = "codes";
  private static final String SCALES = "scales";
  private static final String ZEROS = "zeros";
  private static final String ORDER = "order";
  private static final String OFFSETS = "outlier_offsets";
  private static final String COLUMNS = "outlier_columns";
  private static final String VALUES = "outlier_values";

  @Override
  public String name() {
    return "bilevel";
  }

  @Override
  public Class<BilevelWeight> weights() {
    return BilevelWeight.class;
  }

  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, BilevelWeight weight) {
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    tensors.put(CODES, BitStream.pack(torch, owner, weight.codes(), weight.width()));
    weight.scales().tensors(torch, owner).forEach((name, each) -> tensors.put(SCALES + name, each));
    weight.zeros().tensors(torch, owner).forEach((name, each) -> tensors.put(ZEROS + name, each));
    SparseValues outliers = weight.outliers();
    tensors.put(OFFSETS, outliers.offsets());
    tensors.put(
        COLUMNS,
        torch
            .tensors()
            .cast(owner, outliers.columns(), SparseValues.columnType(weight.inFeatures())));
    tensors.put(VALUES, outliers.values());
    if (weight.order() != null) {
      tensors.put(ORDER, weight.order());
    }
    return tensors;
  }

  @Override
  public ObjectNode entry(BilevelWeight weight) {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("bits", weight.width())
            .put("groupSize", weight.groupSize())
            .put("rows", weight.outFeatures())
            .put("columns", weight.inFeatures());
    weight.scales().describe(entry.putObject(SCALES));
    weight.zeros().describe(entry.putObject(ZEROS));
    return entry;
  }

  @Override
  public BilevelWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    int bits = entry.path("bits").asInt();
    int groupSize = entry.path("groupSize").asInt();
    long rows = entry.path("rows").asLong();
    long columns = entry.path("columns").asLong();
    if (groupSize < 1) {
      throw new IllegalArgumentException(
          "groupSize: found " + entry.path("groupSize") + ", expected at least 1");
    }
    long groups = (columns + groupSize - 1) / groupSize;
    return new BilevelWeight(
        BitStream.unpack(torch, owner, tensor(tensors, CODES), bits, columns),
        numbers(torch, owner, tensors, SCALES, entry, rows, groups),
        numbers(torch, owner, tensors, ZEROS, entry, rows, groups),
        new SparseValues(
            tensor(tensors, OFFSETS),
            torch.tensors().cast(owner, tensor(tensors, COLUMNS), DType.INT32),
            tensor(tensors, VALUES)),
        tensors.get(ORDER),
        bits,
        groupSize);
  }

  private static GroupNumbers numbers(
      TorchSession torch,
      NDManager owner,
      Map<String, NDArray> tensors,
      String name,
      JsonNode entry,
      long rows,
      long groups) {
    Map<String, NDArray> own = new TreeMap<>();
    tensors.forEach(
        (tensor, value) -> {
          if (tensor.startsWith(name)) {
            own.put(tensor.substring(name.length()), value);
          }
        });
    return GroupNumbers.of(torch, owner, own, entry.path(name), rows, groups);
  }

  private static NDArray tensor(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }
}
