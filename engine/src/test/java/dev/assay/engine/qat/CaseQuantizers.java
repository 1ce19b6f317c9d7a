package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.qat.FakeQuantizers.StepPlan;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.GridForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The quantizers that a case is about.
 *
 * @param weight of weights
 * @param input of inputs
 * @param learned what is learned beside weights, by the case's names
 */
record CaseQuantizers(ModuleNode weight, ModuleNode input, Map<String, NDArray> learned) {
  private static final List<String> LEARNED = List.of("s", "scale", "zero_point", "beta", "alpha");

  static CaseQuantizers of(NDManager scope, GoldenCase golden) {
    return new Reader(scope, golden).read();
  }

  private record Reader(NDManager scope, GoldenCase golden, Map<String, NDArray> learned) {
    Reader(NDManager scope, GoldenCase golden) {
      this(scope, golden, new LinkedHashMap<>());
    }

    CaseQuantizers read() {
      for (String name : LEARNED) {
        if (golden.takes(name)) {
          learned.put(name, golden.input(scope, name).duplicate());
        }
      }
      return new CaseQuantizers(weight(), input(), learned);
    }

    private int number(String key) {
      return golden.parameter(key).intValue();
    }

    private NDArray learned(String name) {
      return Objects.requireNonNull(learned.get(name), name);
    }

    private ModuleNode weight() {
      int channel = GridForm.PER_CHANNEL;
      return switch (golden.algorithm()) {
        case "fake_quant_ste" -> FakeQuantizers.symmetric(number("bits"), channel, false);
        case "efficientqat" ->
            FakeQuantizers.learnedGrid(
                learned("scale"),
                learned("zero_point"),
                number("bits"),
                number("group_size"),
                false);
        case "lsq" -> lsq();
        case "dorefa" ->
            FakeQuantizers.tanh(number("bits"), !golden.name().startsWith("dorefa_paper"));
        case "pact" ->
            golden.parameter("weight_bits").isInt()
                ? FakeQuantizers.tanh(number("weight_bits"), false)
                : FakeQuantizers.untouched();
        case "llmqat" -> llmQat();
        case "bitnet_b158" -> FakeQuantizers.ternary(false);
        case "bitnet_b1" -> FakeQuantizers.binary(false);
        case "binary_ste" -> FakeQuantizers.signs();
        default -> FakeQuantizers.untouched();
      };
    }

    private ModuleNode lsq() {
      boolean torch = learned.containsKey("scale");
      int high = number("Qp");
      NDArray x = golden.input(scope, acts() ? "X" : "W0");
      long elements = torch ? x.getShape().get(1) : x.size();
      return FakeQuantizers.learnedStep(
          learned(torch ? "scale" : "s"),
          new StepPlan(
              number("Qn"),
              high,
              1 / Math.sqrt((double) elements * high),
              torch,
              GridForm.PER_CHANNEL,
              false,
              number("Qn")));
    }

    private boolean acts() {
      return golden.name().contains("act");
    }

    private ModuleNode llmQat() {
      if (golden.parameter("w_bits").isInt()) {
        return FakeQuantizers.llmQatWeight(number("w_bits"), GridForm.PER_CHANNEL, false);
      }
      if (golden.name().startsWith("llmqat_linear")) {
        return FakeQuantizers.llmQatWeight(number("bits"), GridForm.PER_CHANNEL, false);
      }
      boolean whole = golden.parameter("layerwise").booleanValue();
      return golden.name().startsWith("llmqat_sym")
          ? FakeQuantizers.llmQatSymmetric(number("bits"), whole)
          : FakeQuantizers.llmQatAsymmetric(number("bits"), whole);
    }

    private ModuleNode input() {
      return switch (golden.algorithm()) {
        case "lsq" -> acts() ? lsq() : FakeQuantizers.untouched();
        case "lsq_plus" ->
            FakeQuantizers.learnedStepAndOffset(
                learned("s"),
                learned("beta"),
                number("Qn"),
                number("Qp"),
                1
                    / Math.sqrt(
                        (double) golden.input(scope, "X").size()
                            * golden.parameter("Qp").intValue()));
        case "pact" ->
            FakeQuantizers.learnedBound(
                learned("alpha"),
                golden.parameter("act_bits").isInt() ? number("act_bits") : number("bits"));
        case "dorefa" ->
            acts() ? FakeQuantizers.unitRange(number("bits")) : FakeQuantizers.untouched();
        case "llmqat" -> llmQatInput();
        case "bitnet_b158" -> FakeQuantizers.tokenCodes(Byte.SIZE);
        default -> FakeQuantizers.untouched();
      };
    }

    private ModuleNode llmQatInput() {
      if (!golden.parameter("a_bits").isInt()) {
        return llmQat();
      }
      int bits = number("a_bits");
      if (bits == Float.SIZE) {
        return FakeQuantizers.untouched();
      }
      return golden.parameter("symmetric_act").booleanValue()
          ? FakeQuantizers.llmQatSymmetric(bits, false)
          : FakeQuantizers.llmQatAsymmetric(bits, false);
    }
  }
}
