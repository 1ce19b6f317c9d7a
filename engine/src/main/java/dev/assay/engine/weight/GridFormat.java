package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps codes on a grid as they are in memory, a byte each, while a model is worked on; artifacts
 * have them in the published layouts.
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
    return new TreeMap<>(
        Map.of(
            CODES, weight.codes(),
            SCALES, weight.scales(),
            ZEROS, weight.zeros(),
            GROUPS, weight.groupIndex()));
  }

  @Override
  public ObjectNode entry(QuantizedWeight weight) {
    GridForm grid = weight.grid();
    return JsonNodeFactory.instance
        .objectNode()
        .put("bits", grid.bits())
        .put("groupSize", grid.groupSize())
        .put("symmetric", grid.symmetric())
        .put("ordered", grid.ordered())
        .put("layout", grid.layout().name());
  }

  @Override
  public QuantizedWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    return new QuantizedWeight(
        tensor(tensors, CODES),
        tensor(tensors, SCALES),
        tensor(tensors, ZEROS),
        tensor(tensors, GROUPS),
        new GridForm(
            entry.path("bits").asInt(),
            entry.path("groupSize").asInt(),
            entry.path("symmetric").asBoolean(),
            entry.path("ordered").asBoolean(),
            GridForm.Layout.valueOf(entry.path("layout").asText())));
  }

  private static NDArray tensor(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }
}
