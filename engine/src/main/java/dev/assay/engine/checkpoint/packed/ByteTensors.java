package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes weights in bitsandbytes' 8-bit layout, which {@link ByteLinear} reads. */
public final class ByteTensors {
  private ByteTensors() {}

  /**
   * A weight on a grid in that layout; nothing where rows have several groups, a code lies too far
   * from its zero, or no float32 is 127 scales.
   */
  public static Optional<QuantizedWeight> of(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    if (!weight.grid().ordered() || weight.scales().getShape().get(1) != 1) {
      return Optional.empty();
    }
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes = script.call(scope, "around_128", weight.codes(), weight.zeros());
      NDArray greatest = script.call(scope, "rows_greatest", weight.scales());
      NDArray scales = script.call(owner, "rows_scale", greatest);
      boolean held =
          script.callForLong("least", codes) >= 0
              && script.callForLong("greatest", codes) <= ByteLinear.GRID.maxCode()
              && script.callForBoolean("equal", scales, weight.scales());
      return held
          ? Optional.of(
              QuantizedWeight.inOrder(
                  owner,
                  script.call(owner, "to_bytes", codes),
                  scales,
                  owner.full(scales.getShape(), (float) (1 << (Byte.SIZE - 1))),
                  ByteLinear.GRID))
          : Optional.empty();
    }
  }

  /**
   * A weight's tensors by what follows the linear's name.
   *
   * @param weight in the layout {@link dev.assay.engine.weight.GridForm.Layout#INT8}
   */
  public static SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    tensors.put("weight", script.call(owner, "to_signed", weight.codes()));
    tensors.put("SCB", script.call(owner, "rows_greatest", weight.scales()));
    ByteBuffer rowOrder = ByteBuffer.wrap(new byte[1]);
    tensors.put("weight_format", owner.create(rowOrder, new Shape(), DataType.UINT8));
    return tensors;
  }
}
