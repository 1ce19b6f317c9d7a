package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BitStream;
import dev.assay.engine.weight.WeightFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps codes and marks of salient columns as streams of bits, and levels as they are.
 * docs/FORMATS.md describes it.
 */
public final class SignsFormat implements WeightFormat<SignsWeight> {
  private static final String CODES = "codes";
  private static final String SALIENT = "salient";
  private static final String LEVELS = "levels";

  @Override
  public String name() {
    return "signs";
  }

  @Override
  public Class<SignsWeight> weights() {
    return SignsWeight.class;
  }

  @Override
  public SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, SignsWeight weight) {
    NDArray row = weight.salient().reshape(1, weight.inFeatures());
    row.attach(owner);
    return new TreeMap<>(
        Map.of(
            CODES, BitStream.pack(torch, owner, weight.codes(), SignsWeight.WIDTH),
            SALIENT, BitStream.pack(torch, owner, row, 1),
            LEVELS, weight.levels()));
  }

  @Override
  public ObjectNode entry(SignsWeight weight) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("blockSize", weight.blockSize())
        .put("columns", weight.inFeatures());
  }

  @Override
  public SignsWeight unpack(
      TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
    long columns = entry.path("columns").asLong();
    NDArray row = BitStream.unpack(torch, owner, tensor(tensors, SALIENT), 1, columns);
    NDArray salient = row.reshape(new Shape(columns));
    salient.attach(owner);
    return new SignsWeight(
        BitStream.unpack(torch, owner, tensor(tensors, CODES), SignsWeight.WIDTH, columns),
        salient,
        tensor(tensors, LEVELS),
        entry.path("blockSize").asInt());
  }

  private static NDArray tensor(Map<String, NDArray> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }
}
