package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.weight.BlockScales;
import dev.assay.engine.weight.CodebookWeight;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes weights in bitsandbytes' 4-bit layout, which {@link CodebookLinear} reads. */
public final class BitsAndBytesTensors {
  private BitsAndBytesTensors() {}

  /** A weight's tensors by what follows the linear's name. */
  public static SortedMap<String, NDArray> pack(NDManager owner, CodebookWeight weight) {
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    tensors.put("weight", weight.codes().reshape(weight.codes().getShape().size(), 1));
    tensors.put("weight.quant_map", weight.values());
    if (weight.scales() instanceof BlockScales.Nested nested) {
      tensors.put("weight.absmax", nested.codes());
      tensors.put("weight.nested_absmax", nested.absmax());
      tensors.put("weight.nested_quant_map", nested.codebook());
    } else {
      tensors.put("weight.absmax", ((BlockScales.Plain) weight.scales()).absmax());
    }
    byte[] description = weight.description().getBytes(StandardCharsets.UTF_8);
    tensors.put(
        "weight.quant_state.bitsandbytes__" + weight.described().table().label(),
        owner.create(ByteBuffer.wrap(description), new Shape(description.length), DataType.UINT8));
    return tensors;
  }
}
