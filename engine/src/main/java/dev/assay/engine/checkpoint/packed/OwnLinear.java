package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorLoader;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormat;
import dev.assay.engine.weight.WeightFormats;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A linear in a format that no published configuration can say.
 *
 * @param checkpoint where it is
 * @param prefix of its tensors
 * @param entry what the section {@code assay} of the configuration says of it
 */
record OwnLinear(PackedSource checkpoint, String prefix, JsonNode entry) implements PackedLinear {
  private static final String SHAPE = "shape";

  @Override
  public StoredWeight load(TorchSession torch, NDManager owner) {
    WeightFormats formats = WeightFormats.load();
    String name = entry.path("format").asText("");
    WeightFormat<?> format =
        formats
            .find(name)
            .orElseThrow(
                () -> bad("format: found '" + name + "', expected one of " + formats.names()));
    Map<String, NDArray> tensors = new TreeMap<>();
    for (String tensor : names()) {
      tensors.put(
          tensor.substring(prefix.length() + 1),
          TensorLoader.load(torch, owner, checkpoint.info(tensor)));
    }
    try {
      return format.unpack(torch, owner, tensors, entry);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw bad("its tensors " + tensors.keySet() + " are no weight in " + name + ": " + e);
    }
  }

  private BadCheckpointException bad(String problem) {
    return new BadCheckpointException(
        checkpoint.configuration() + ": assay.weights: " + prefix + ": " + problem);
  }

  @Override
  public String format() {
    return entry.path("format").asText();
  }

  @Override
  public long parameters() {
    JsonNode shape = entry.path(SHAPE);
    if (shape.size() != 2) {
      throw bad("shape: found " + shape + ", expected [out, in]");
    }
    return Math.multiplyExact(shape.path(0).asLong(), shape.path(1).asLong());
  }

  @Override
  public DType valueType() {
    return checkpoint.declaredType().orElse(DType.FLOAT32);
  }

  @Override
  public Set<String> names() {
    // The character after the dot ends what begins with the prefix and a dot.
    return checkpoint.names().subSet(prefix + ".", prefix + "/").stream()
        .filter(name -> !name.equals(prefix + ".bias"))
        .collect(Collectors.toUnmodifiableSet());
  }
}
