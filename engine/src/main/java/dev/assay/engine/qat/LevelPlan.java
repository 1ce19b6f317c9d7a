package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.Map;

/**
 * Weights of three or two values, as BitNet has them.
 *
 * @param layout of three values
 */
record LevelPlan(BitnetParameters.Levels levels, BitnetParameters.Layout layout)
    implements WeightRounding {
  @Override
  public GridForm form() {
    if (levels == BitnetParameters.Levels.TWO) {
      return new GridForm(1, GridForm.PER_CHANNEL, false, true, GridForm.Layout.REAL_ZEROS);
    }
    return new GridForm(
        2,
        GridForm.PER_CHANNEL,
        false,
        true,
        layout == BitnetParameters.Layout.BITNET ? GridForm.Layout.BITNET : GridForm.Layout.GPTQ);
  }

  @Override
  public boolean hasZero() {
    return levels != BitnetParameters.Levels.TWO;
  }

  @Override
  public Begun begin(TorchSession torch, NDManager owner, NDArray weight, boolean half) {
    boolean rounded = half && layout != BitnetParameters.Layout.BITNET;
    return new Begun(
        levels == BitnetParameters.Levels.TWO
            ? FakeQuantizers.binary(rounded)
            : FakeQuantizers.ternary(rounded),
        Map.of());
  }
}
