package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps the tensors of the factors behind {@code up.} and {@code down.}, see {@link PartForm}. */
public final class FactoredFormat implements WeightFormat<FactoredWeight> {
  private static final String UP = "up";
  private static final String DOWN = "down";
  private static final String RANK = "rank";

  @Override
  public String name() {
    return "factors";
  }

  @Override
  public Class<FactoredWeight> weights() {
    return FactoredWeight.class;
  }

  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, FactoredWeight weight) {
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    tensors.putAll(PartForm.pack(torch, owner, UP, weight.up()));
    tensors.putAll(PartForm.pack(torch, owner, DOWN, weight.down()));
    return tensors;
  }

  @Override
  public ObjectNode entry(FactoredWeight weight) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode().put(RANK, weight.rank());
    entry.set(UP, PartForm.entry(weight.up()));
    entry.set(DOWN, PartForm.entry(weight.down()));
    return entry;
  }

  @Override
  public FactoredWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    FactoredWeight weight =
        new FactoredWeight(
            PartForm.unpack(torch, owner, UP, tensors, entry.path(UP)),
            PartForm.unpack(torch, owner, DOWN, tensors, entry.path(DOWN)));
    if (entry.path(RANK).asLong() != weight.rank()) {
      throw new IllegalArgumentException(
          "rank: found %s, expected %d".formatted(entry.path(RANK), weight.rank()));
    }
    return weight;
  }
}
