package dev.assay.engine.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.cache.QuarotParameters;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RoundInputsParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Weights and inputs of a rotated llama rounded in many ways.
 *
 * @param before logits of the model as it was
 */
record QuarotRounding(TorchSession torch, NDManager scope, GoldenCase golden, NDArray before) {
  private static final Selection DOWN = new Selection(List.of("*down_proj"), List.of());
  private static final Selection OTHERS = new Selection(List.of(), List.of("*down_proj"));
  private static final List<String> LINEARS =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  void check(BiFunction<String, List<Step>, Checkpoint> through) {
    for (Map.Entry<String, JsonNode> each : golden.parameter("quantised").properties()) {
      List<Step> steps = new ArrayList<>(weights(each.getValue()));
      steps.addAll(inputs(each.getValue().path("activations")));
      steps.addAll(cache(each.getValue().path("activations")));
      check(each.getKey(), through.apply(each.getKey(), steps));
    }
    for (Map.Entry<String, JsonNode> each : golden.parameter("gptq").properties()) {
      List<Step> steps = new ArrayList<>();
      steps.add(new Step("gptq", gptq(each.getValue())));
      steps.addAll(inputs(each.getValue().path("activations")));
      Checkpoint compressed = through.apply(each.getKey(), steps);
      check(each.getKey(), compressed);
      String weight = "weight:" + each.getKey() + ":";
      for (String tensor : golden.tensors(weight)) {
        NDArray found =
            new CompressedModel(torch, scope, golden, compressed)
                .stored("model." + tensor.substring(weight.length()));
        assertThat(Agreement.of(found, golden.tensor(scope, tensor)).equalFraction(1e-5))
            .as(tensor)
            .isGreaterThanOrEqualTo(golden.tolerance("gptq_weights_equal_fraction_min"));
      }
    }
  }

  private static List<Step> weights(JsonNode said) {
    int bits = said.path("weights").path("bits").intValue();
    if (bits == 16) {
      return List.of();
    }
    boolean asymmetric = said.path("weights").path("asym").asBoolean(false);
    boolean clip = said.path("weights").path("clip").asBoolean(false);
    Step step = new Step("rtn", rtn(bits, asymmetric, clip));
    return said.path("activations").path("int8_down_proj").asBoolean(false)
        ? List.of(
            new Step("rtn", step.parameters(), OTHERS),
            new Step("rtn", rtn(8, asymmetric, clip), DOWN))
        : List.of(step);
  }

  private static RtnParameters rtn(int bits, boolean asymmetric, boolean clip) {
    return new RtnParameters(bits, -1, !asymmetric, clip, !asymmetric);
  }

  private static GptqParameters gptq(JsonNode said) {
    boolean symmetric = !said.path("w_asym").booleanValue();
    return new GptqParameters(
        said.path("w_bits").intValue(),
        said.path("groupsize").intValue(),
        symmetric,
        said.path("act_order").booleanValue(),
        false,
        true,
        said.path("percdamp").doubleValue(),
        said.path("blocksize").intValue(),
        said.path("mse").booleanValue(),
        symmetric);
  }

  private static List<Step> inputs(JsonNode said) {
    if (!said.has("a_bits")) {
      return List.of();
    }
    int bits = said.path("a_bits").intValue();
    int down = said.path("int8_down_proj").asBoolean(false) ? 8 : bits;
    return List.of(
        new Step("round-inputs", inputs(said, bits, said.path("a_gs").asInt(-1)), OTHERS),
        new Step("round-inputs", inputs(said, down, said.path("a_gs_down").asInt(-1)), DOWN));
  }

  private static List<Step> cache(JsonNode said) {
    return said.has("k_bits")
        ? List.of(
            new Step(
                "kv-quarot",
                new QuarotParameters(
                    said.path("k_bits").intValue(),
                    said.path("v_bits").intValue(),
                    said.path("k_clip").doubleValue())))
        : List.of();
  }

  private static RoundInputsParameters inputs(JsonNode said, int bits, int group) {
    return new RoundInputsParameters(
        bits, !said.path("a_asym").asBoolean(false), said.path("a_clip").asDouble(1), group);
  }

  private void check(String name, Checkpoint compressed) {
    CompressedModel model = new CompressedModel(torch, scope, golden, compressed);
    double[] sums =
        golden
            .tensor(scope, "weight_checks_" + name)
            .toType(DataType.FLOAT64, false)
            .toDoubleArray();
    for (int i = 0; i < sums.length / 3; i++) {
      String linear = "model.layers." + i / LINEARS.size() + "." + LINEARS.get(i % LINEARS.size());
      assertThat(
              CompressedModel.offBy(
                  model.stored(linear), Arrays.copyOfRange(sums, 3 * i, 3 * i + 3)))
          .as("%s, %s", name, linear)
          .isLessThanOrEqualTo(golden.tolerance("weight_checks_rel"));
    }
    NDArray logits = model.logits();
    NDArray off = logits.get(":, -1").sub(golden.tensor(scope, "last_logits_" + name));
    double rms = golden.tolerance("quantised_logits_rms_" + name);
    assertThat((double) off.abs().max().getFloat())
        .as(name)
        .isLessThanOrEqualTo(golden.tolerance("quantised_logits_abs_" + name));
    assertThat(Math.sqrt(off.square().mean().getFloat())).as(name).isLessThanOrEqualTo(rms);
    assertThat(Math.sqrt(logits.sub(before).square().mean().getFloat()))
        .as(name)
        .isCloseTo(golden.scalar("noise_rms_" + name), within(rms));
    // Of 4 bits so many values lie on rounding boundaries that another order of sums shows.
    boolean coarse = name.contains("a4");
    assertThat(model.perplexity() / golden.scalar("ppl_" + name))
        .as("ppl_" + name)
        .isCloseTo(1, within((coarse ? 2 : 1) * golden.tolerance("ppl_rel")));
  }
}
