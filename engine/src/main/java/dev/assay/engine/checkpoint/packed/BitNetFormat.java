package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * BitNet's layout of a linear [out, in] of three values: {@code weight} uint8 [out / 4, in], bits
 * 2i and 2i + 1 of row r being row r + i · out / 4, a value plus one; {@code weight_scale} [1],
 * which the values are divided by.
 *
 * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al. 2024, BitNet b1.58</a>
 */
record BitNetFormat(QuantizationConfig config) implements PackedFormat {
  /** Rows whose codes share a byte. */
  static final int ROWS = 4;

  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    boolean oneScale =
        script.callForDouble("spread", weight.scales()) == 0
            && script.callForLong("greatest", weight.codes()) <= 2
            && GptqFormat.isEverywhere(script, weight.zeros(), 1);
    if (!oneScale || weight.outFeatures() % ROWS != 0) {
      throw new IllegalArgumentException(
          "BitNet's layout holds values of −1, 0 and 1 under one scale, in multiples of 4 rows");
    }
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    tensors.put("weight", script.call(owner, "pack_quarters", weight.codes()));
    tensors.put("weight_scale", script.call(owner, "inverse_of_first", weight.scales()));
    return tensors;
  }

  @Override
  public long inFeatures(PackedTensors tensors) {
    return weight(tensors).shape().get(1);
  }

  @Override
  public long outFeatures(PackedTensors tensors) {
    return weight(tensors).shape().get(0) * ROWS;
  }

  @Override
  public Set<String> names(PackedTensors tensors) {
    return tensors.present("weight", "weight_scale");
  }

  @Override
  public QuantizedWeight unpack(TorchSession torch, NDManager owner, PackedTensors tensors) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    TensorInfo scale = tensors.checkpoint().info(tensors.prefix() + ".weight_scale");
    if (scale.elements() != 1 || !scale.dtype().isFloating()) {
      throw tensors.bad(
          scale, "found %s %s, expected one float".formatted(scale.dtype(), scale.shape()));
    }
    long out = outFeatures(tensors);
    try (NDManager scope = owner.newSubManager()) {
      NDArray packed = tensors.load(torch, scope, weight(tensors));
      NDArray codes = script.call(owner, "unpack_quarters", packed);
      if (script.callForLong("greatest", codes) > 2) {
        throw tensors.bad(weight(tensors), "found fields of 3, expected 0, 1 and 2");
      }
      NDArray divisor = tensors.load(torch, scope, scale);
      return weight(owner, codes, script.call(owner, "inverse_for_rows", divisor, out));
    }
  }

  /** A weight of codes 0, 1 and 2, [out, in], and a scale for each row. */
  QuantizedWeight weight(NDManager owner, NDArray codes, NDArray scales) {
    NDArray ones = owner.ones(new Shape(codes.getShape().get(0), 1));
    return QuantizedWeight.inOrder(owner, codes, scales, ones, config.grid(true));
  }

  private static TensorInfo weight(PackedTensors tensors) {
    return tensors.matrix("weight", DType.UINT8);
  }
}
