package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes weights in bitsandbytes' 8-bit layout, which {@link ByteLinear} reads. */
public final class ByteTensors {
  private ByteTensors() {}

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
