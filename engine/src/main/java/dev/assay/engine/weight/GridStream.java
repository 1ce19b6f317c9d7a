package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Codes on a grid whose zeros are codes too, each of a row's as one stream of bits: what artifacts
 * keep of such a weight where it is part of a form of our own. A symmetric grid has no zeros, one
 * in order no index.
 */
final class GridStream {
  private static final String CODES = "codes";
  private static final String SCALES = "scales";
  private static final String ZEROS = "zeros";
  private static final String GROUPS = "g_idx";

  private GridStream() {}

  /** Whether an entry of a format is of a weight that is kept so. */
  static boolean is(WeightFormat<?> format, JsonNode entry) {
    return format instanceof GridFormat
        && !entry.path("layout").asText().equals(GridForm.Layout.REAL_ZEROS.name());
  }

  static SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    GridForm grid = weight.grid();
    SortedMap<String, NDArray> tensors =
        new TreeMap<>(
            Map.of(
                CODES,
                BitStream.pack(torch, owner, weight.codes(), grid.bits()),
                SCALES,
                weight.scales()));
    if (!grid.symmetric()) {
      NDArray zeros = torch.tensors().cast(owner, weight.zeros(), DType.UINT8);
      tensors.put(ZEROS, BitStream.pack(torch, owner, zeros, grid.bits()));
    }
    if (!grid.ordered()) {
      tensors.put(GROUPS, weight.groupIndex());
    }
    return tensors;
  }

  /** Bytes of what {@link #pack} gives. */
  static long bytes(QuantizedWeight weight) {
    GridForm grid = weight.grid();
    long groups = weight.scales().getShape().get(1);
    long out = weight.outFeatures();
    return out * row(weight.inFeatures(), grid.bits())
        + out * groups * weight.scales().getDataType().getNumOfBytes()
        + (grid.symmetric() ? 0 : out * row(groups, grid.bits()))
        + (grid.ordered() ? 0 : weight.inFeatures() * Integer.BYTES);
  }

  private static long row(long codes, int bits) {
    return (codes * bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  /**
   * The weight of what {@link #pack} gave.
   *
   * @param entry such as {@link GridFormat#entry} gave
   */
  static QuantizedWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    GridForm grid = GridFormat.grid(entry);
    long columns = entry.path("columns").asLong();
    NDArray scales = tensor(tensors, SCALES);
    return new QuantizedWeight(
        BitStream.unpack(torch, owner, tensor(tensors, CODES), grid.bits(), columns),
        scales,
        zeros(torch, owner, tensors, grid, scales),
        grid.ordered() ? owner.create(grid.groupsInOrder(columns)) : tensor(tensors, GROUPS),
        grid);
  }

  private static NDArray zeros(
      TorchSession torch,
      NDManager owner,
      Map<String, NDArray> tensors,
      GridForm grid,
      NDArray scales) {
    if (grid.symmetric()) {
      return owner.full(scales.getShape(), 1 << (grid.bits() - 1));
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray zeros =
          BitStream.unpack(
              torch, scope, tensor(tensors, ZEROS), grid.bits(), scales.getShape().get(1));
      return torch.tensors().copy(owner, torch.tensors().cast(scope, zeros, DType.FLOAT32));
    }
  }

  private static NDArray tensor(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }
}
