package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;

/** Rounds to numbers of few bits. */
public final class Elements {
  private static final String SCRIPT = "element.py";

  private Elements() {}

  static ScriptModule script(TorchSession torch) {
    return torch.script(Elements.class, SCRIPT);
  }

  /**
   * The nearest codes; what is beyond the greatest number becomes that, and signs of zeros stay.
   *
   * @param x float32, finite, of any shape
   * @param away whether what lies half-way goes away from 0, otherwise to the even code
   * @return uint8
   */
  public static NDArray encode(
      TorchSession torch, NDManager owner, NDArray x, ElementFormat format, boolean away) {
    return script(torch)
        .call(
            owner,
            "encode",
            x,
            (long) format.mantissaBits(),
            (long) format.leastExponent(),
            format.greatest(),
            away,
            format == ElementFormat.INT8);
  }

  /**
   * The values of codes.
   *
   * @param codes uint8, of any shape
   * @return float32
   */
  public static NDArray decode(
      TorchSession torch, NDManager owner, NDArray codes, ElementFormat format) {
    try (NDManager scope = owner.newSubManager()) {
      return script(torch).call(owner, "decode", codes, table(scope, format));
    }
  }

  /** The value of every code, float32. */
  static NDArray table(NDManager owner, ElementFormat format) {
    float[] values = format.table();
    return Tensors.of(owner, values, values.length);
  }
}
