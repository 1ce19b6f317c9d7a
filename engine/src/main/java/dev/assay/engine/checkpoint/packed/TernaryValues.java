package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Optional;

/** Finds weights that BitNet's layout has as they are. */
public final class TernaryValues {
  private static final QuantizationConfig CONFIG =
      QuantizationConfig.of(new GridForm(2, GridForm.PER_CHANNEL, false, true, Layout.BITNET));

  private TernaryValues() {}

  /**
   * Values of −m, 0 and m in BitNet's layout; nothing where there are others, or where no float32
   * is one over m.
   *
   * @param values float32 [out, in], finite
   */
  public static Optional<QuantizedWeight> of(TorchSession torch, NDManager owner, NDArray values) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    try (NDManager scope = owner.newSubManager()) {
      QuantizedWeight weight =
          weight(script, scope, values, script.call(scope, "magnitude", values), owner);
      return script.callForBoolean("equal", weight.dequantize(torch, scope), values)
          ? Optional.of(weight)
          : Optional.empty();
    }
  }

  /**
   * The nearest such values: as BitNet b1.58 rounds them, m being the mean magnitude.
   *
   * @param values float32 [out, in], finite
   */
  public static QuantizedWeight nearest(TorchSession torch, NDManager owner, NDArray values) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    try (NDManager scope = owner.newSubManager()) {
      return weight(script, scope, values, script.call(scope, "absmean", values), owner);
    }
  }

  private static QuantizedWeight weight(
      ScriptModule script, NDManager scope, NDArray values, NDArray magnitude, NDManager owner) {
    NDArray whole = script.call(scope, "over", values, magnitude);
    NDArray divisor = script.call(scope, "inverse_of_first", magnitude);
    long out = values.getShape().get(0);
    return new BitNetFormat(CONFIG)
        .weight(
            owner,
            script.call(owner, "ternary_codes", whole),
            script.call(owner, "inverse_for_rows", divisor, out));
  }
}
