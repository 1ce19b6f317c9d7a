package dev.assay.engine.golden;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.fold.QuarotCheck;
import dev.assay.engine.hadamard.HadamardCheck;
import dev.assay.engine.learned.AdaRoundCheck;
import dev.assay.engine.learned.AutoRoundCheck;
import dev.assay.engine.learned.OmniQuantCheck;
import dev.assay.engine.mixed.MixedCheck;
import dev.assay.engine.quantize.AwqModelCheck;
import dev.assay.engine.quantize.CodebookParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.HqqParameters;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import dev.assay.engine.recipe.LlmInt8ModelCheck;
import dev.assay.engine.recipe.ModelCheck;
import dev.assay.engine.recipe.SmoothQuantModelCheck;
import dev.assay.engine.recipe.StressOutliersCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.outlier.BilevelWeight;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Methods through whole models of several families. */
@Tag("slow")
class TransformsRoomTest extends GoldenRoomTest {
  TransformsRoomTest() {
    super(
        "transforms",
        Map.ofEntries(
            entry("hadamard", new HadamardCheck()),
            entry("quarot", new QuarotCheck()),
            entry("gptq", new ModelCheck("gptq", true, TransformsRoomTest::gptq)),
            entry("awq", new AwqModelCheck()),
            entry("hqq", new ModelCheck("hqq", false, TransformsRoomTest::hqq)),
            entry("spqr", TransformsRoomTest::spqr),
            entry("bnb4", TransformsRoomTest::codebook),
            entry("llm_int8", new LlmInt8ModelCheck()),
            entry("mixed_precision", new MixedCheck()),
            entry("smoothquant", new SmoothQuantModelCheck()),
            entry("outlier_stress", new StressOutliersCheck()),
            entry("autoround", new AutoRoundCheck()),
            entry("adaround", new AdaRoundCheck()),
            entry("omniquant", new OmniQuantCheck())));
  }

  private static void codebook(TorchSession torch, NDManager scope, GoldenCase golden)
      throws IOException {
    int blockSize = golden.parameter("blocksize").intValue();
    boolean nested = golden.parameter("double_quant").booleanValue();
    // Tables, which the room of single weights compares.
    golden.tensor(scope, "code");
    if (nested) {
      golden.tensor(scope, "nested_code");
    }
    new ModelCheck(
            golden.parameter("quant_type").asText(),
            false,
            each -> new CodebookParameters(blockSize, nested))
        .check(torch, scope, golden);
  }

  private static void spqr(TorchSession torch, NDManager scope, GoldenCase golden)
      throws IOException {
    new ModelCheck(
            "spqr",
            true,
            TransformsRoomTest::spqr,
            artifact -> outliers(torch, scope, golden, artifact))
        .check(torch, scope, golden);
  }

  /** How many outliers each linear has. */
  private static void outliers(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint artifact) {
    int[] counts = golden.tensor(scope, "outliers_per_linear").toIntArray();
    int at = 0;
    for (JsonNode linear : golden.parameter("linears")) {
      BilevelWeight weight = (BilevelWeight) artifact.linear(torch, scope, linear.asText());
      assertThat((double) weight.outliers().count())
          .as(linear.asText())
          .isCloseTo(counts[at], within(1 + 0.02 * counts[at]));
      at++;
    }
    assertThat(at).isEqualTo(counts.length);
  }

  private static SpqrParameters spqr(GoldenCase golden) {
    int second = golden.parameter("qq_bits").intValue();
    return new SpqrParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("groupsize").intValue(),
        second,
        second,
        golden.parameter("qq_groupsize").intValue(),
        golden.parameter("outlier_threshold").doubleValue(),
        golden.parameter("simplified").asBoolean(false),
        false,
        golden.parameter("act_order").booleanValue(),
        golden.parameter("true_sequential").booleanValue(),
        golden.parameter("percdamp").doubleValue(),
        128);
  }

  private static GptqParameters gptq(GoldenCase golden) {
    return new GptqParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("groupsize").intValue(),
        golden.parameter("sym").booleanValue(),
        golden.parameter("act_order").booleanValue(),
        golden.parameter("static_groups").booleanValue(),
        golden.parameter("true_sequential").booleanValue(),
        golden.parameter("percdamp").doubleValue(),
        128,
        golden.parameter("mse").asBoolean(false));
  }

  private static HqqParameters hqq(GoldenCase golden) {
    return new HqqParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("group_size").intValue(),
        golden.parameter("axis").intValue(),
        golden.parameter("optimize").booleanValue(),
        golden.parameter("round_zero").booleanValue(),
        0.7,
        10,
        20);
  }
}
