package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.GoldenLogits;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import java.util.function.UnaryOperator;

/**
 * A checkpoint whose configuration wants keys and values in floats of 8 bits: its logits without,
 * and with those and the inputs of linears rounded as well.
 */
public final class KeyValueScalesCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    Checkpoint checkpoint = Checkpoint.open(golden.path("checkpoint"));
    ModelSpec spec = new Families().architecture(checkpoint);
    assertThat(spec.main().layers())
        .allSatisfy(layer -> assertThat(layer.cache()).isInstanceOf(StaticCache.class));
    assertThat(new ModelTensors(checkpoint, spec).strays()).isEmpty();
    long[][] ids = GoldenIds.rows(golden.tensor(scope, "input_ids"));

    NDArray plain = logits(torch, scope, checkpoint, each(spec, GoldenLogits::plain), ids);
    assertThat(Agreement.of(plain, golden.tensor(scope, "logits")).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("logits_abs"));

    NDArray wanted = golden.tensor(scope, "logits_act");
    NDArray found =
        logits(torch, scope, checkpoint, each(spec, KeyValueScalesCheck::roundedInputs), ids);
    assertThat(tokensWithin(found.sub(wanted), golden.tolerance("logits_act_abs")))
        .isGreaterThanOrEqualTo(golden.tolerance("logits_act_token_fraction_min"));
    assertThat(Math.sqrt(found.sub(wanted).square().mean().getFloat()))
        .isLessThanOrEqualTo(golden.tolerance("logits_act_rms"));
  }

  private static LayerSpec roundedInputs(LayerSpec layer) {
    LayerSpec rounded = layer;
    FloatInput input = new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS);
    for (String linear : layer.layout().names()) {
      rounded = rounded.with(linear, rounded.linear(linear).with(input));
    }
    return rounded;
  }

  private static ModelSpec each(ModelSpec spec, UnaryOperator<LayerSpec> change) {
    Stack stack = spec.main();
    for (int layer = 0; layer < stack.depth(); layer++) {
      stack = stack.with(layer, change);
    }
    return spec.with(0, stack);
  }

  private static NDArray logits(
      TorchSession torch, NDManager scope, Checkpoint checkpoint, ModelSpec spec, long[][] ids) {
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()))) {
      return model.logits(scope, ids);
    }
  }

  /** Share of tokens all of whose logits are within. */
  private static double tokensWithin(NDArray difference, double most) {
    NDArray greatest = difference.abs().max(new int[] {2}).flatten();
    int within = 0;
    for (float each : greatest.toFloatArray()) {
      within += each <= most ? 1 : 0;
    }
    return (double) within / greatest.size();
  }
}
