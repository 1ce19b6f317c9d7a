package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps codes on a grid. While a model is worked on they are a byte each, as in memory: artifacts
 * have them in the published layouts. Those whose zeros are no whole numbers, which no published
 * layout has, are a stream of bits here and in artifacts, their zeros in the type of the scales.
 */
public final class GridFormat implements WeightFormat<QuantizedWeight> {
  private static final String CODES = "codes";
  private static final String SCALES = "scales";
  private static final String ZEROS = "zeros";
  private static final String GROUPS = "g_idx";

  @Override
  public String name() {
    return "grid";
  }

  @Override
  public Class<QuantizedWeight> weights() {
    return QuantizedWeight.class;
  }

  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    if (weight.grid().layout() == GridForm.Layout.REAL_ZEROS) {
      return stream(torch, owner, weight);
    }
    return new TreeMap<>(
        Map.of(
            CODES, weight.codes(),
            SCALES, weight.scales(),
            ZEROS, weight.zeros(),
            GROUPS, weight.groupIndex()));
  }

  private static SortedMap<String, NDArray> stream(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    DType type = torch.tensors().typeOf(weight.scales());
    SortedMap<String, NDArray> tensors =
        new TreeMap<>(
            Map.of(
                CODES, BitStream.pack(torch, owner, weight.codes(), weight.grid().bits()),
                SCALES, weight.scales(),
                ZEROS, torch.tensors().cast(owner, weight.zeros(), type)));
    if (!weight.grid().ordered()) {
      tensors.put(GROUPS, weight.groupIndex());
    }
    return tensors;
  }

  private static QuantizedWeight ofStream(
      TorchSession torch,
      NDManager owner,
      Map<String, NDArray> tensors,
      GridForm grid,
      long columns) {
    return new QuantizedWeight(
        BitStream.unpack(torch, owner, tensor(tensors, CODES), grid.bits(), columns),
        tensor(tensors, SCALES),
        torch.tensors().cast(owner, tensor(tensors, ZEROS), DType.FLOAT32),
        grid.ordered() ? owner.create(grid.groupsInOrder(columns)) : tensor(tensors, GROUPS),
        grid);
  }

  @Override
  public ObjectNode entry(QuantizedWeight weight) {
    GridForm grid = weight.grid();
    return JsonNodeFactory.instance
        .objectNode()
        .put("columns", weight.inFeatures())
        .put("bits", grid.bits())
        .put("groupSize", grid.groupSize())
        .put("symmetric", grid.symmetric())
        .put("ordered", grid.ordered())
        .put("layout", grid.layout().name());
  }

  @Override
  public QuantizedWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    GridForm grid = grid(entry);
    if (grid.layout() == GridForm.Layout.REAL_ZEROS) {
      return ofStream(torch, owner, tensors, grid, entry.path("columns").asLong());
    }
    return new QuantizedWeight(
        tensor(tensors, CODES),
        tensor(tensors, SCALES),
        tensor(tensors, ZEROS),
        tensor(tensors, GROUPS),
        grid);
  }

  /** The grid that {@link #entry} says. */
  static GridForm grid(JsonNode entry) {
    return new GridForm(
        entry.path("bits").asInt(),
        entry.path("groupSize").asInt(),
        entry.path("symmetric").asBoolean(),
        entry.path("ordered").asBoolean(),
        GridForm.Layout.valueOf(entry.path("layout").asText()));
  }

  private static NDArray tensor(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }
}
