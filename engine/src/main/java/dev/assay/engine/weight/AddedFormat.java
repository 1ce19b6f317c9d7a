package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps the tensors of the base behind {@code base.}, see {@link PartForm}, and the two factors by
 * their names.
 */
public final class AddedFormat implements WeightFormat<AddedWeight> {
  private static final String BASE = "base";

  private final LowRankWeight.Format factors = new LowRankWeight.Format();

  @Override
  public String name() {
    return "added";
  }

  @Override
  public Class<AddedWeight> weights() {
    return AddedWeight.class;
  }

  @Override
  public SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, AddedWeight weight) {
    SortedMap<String, NDArray> tensors = new TreeMap<>(factors.pack(torch, owner, weight.addend()));
    tensors.putAll(PartForm.pack(torch, owner, BASE, weight.base()));
    return tensors;
  }

  @Override
  public ObjectNode entry(AddedWeight weight) {
    ObjectNode entry = factors.entry(weight.addend());
    entry.set(BASE, PartForm.entry(weight.base()));
    return entry;
  }

  @Override
  public AddedWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    return new AddedWeight(
        PartForm.unpack(torch, owner, BASE, tensors, entry.path(BASE)),
        factors.unpack(torch, owner, tensors, entry));
  }
}
