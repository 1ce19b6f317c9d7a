package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.AlgorithmCase;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SafetensorsFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.model.LanguageModel;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models compressed layer by layer, against the drivers of the published code. */
class EndToEndFixtureTest extends TorchTest {
  private static final String ALGORITHM = "end_to_end";
  private static final int WINDOW = 64;

  @TempDir Path directory;

  static List<AlgorithmCase> cases() {
    return AlgorithmCase.all(ALGORITHM);
  }

  @Test
  void everyCaseIsRun() {
    assertThat(cases()).hasSize(9);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void compressedModelAgrees(AlgorithmCase golden) {
    ModelFixture fixture = ModelFixture.of("llama");
    Path target = directory.resolve(golden.name());
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(step(golden)),
            calibration(),
            target,
            (stage, finished, layers) -> {});

    Checkpoint artifact = Checkpoint.open(target);
    try (LanguageModel model =
        LanguageModel.load(torch, artifact, fixture.architecture(), Execution.REFERENCE)) {
      NDArray logits = model.logits(scope, fixture.ids(scope, "input_ids")).get(":, -1");
      double off = logits.sub(golden.tensor(scope, "last_logits")).abs().max().getFloat();
      assertThat(off).isLessThan(golden.tolerance("last_logits_abs"));
      assertThat(perplexity(model) / golden.scalar("ppl_L64"))
          .isCloseTo(1, within(golden.tolerance("ppl_rel")));
    }
    for (String linear :
        List.of("model.layers.0.mlp.down_proj", "model.layers.2.self_attn.o_proj")) {
      NDArray stored = artifact.linear(torch, scope, linear).dequantize(torch, scope);
      NDArray expected = golden.tensor(scope, "weight:" + linear);
      double equal =
          stored.sub(expected).abs().lt(1e-5f).toType(DataType.FLOAT32, false).mean().getFloat();
      assertThat(equal).isGreaterThanOrEqualTo(golden.tolerance("weights_equal_fraction_min"));
    }
  }

  private static Step step(AlgorithmCase golden) {
    boolean sequential = golden.parameter("true_sequential").asBoolean();
    return switch (golden.name()) {
      case "e2e_rtn_w4_g32_asym" -> new Step("rtn", new RtnParameters(4, 32, false, false));
      case "e2e_gptq_w4_g32_asym" -> gptq(4, 32, false, sequential);
      case "e2e_gptq_w4_g32_asym_act_trueseq" -> gptq(4, 32, true, sequential);
      case "e2e_gptq_w3_gfull_asym_trueseq" -> gptq(3, -1, false, sequential);
      case "e2e_magnitude_50" ->
          new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.5")));
      case "e2e_wanda_50" -> new Step("wanda", new WandaParameters(Sparsity.parse("0.5")));
      case "e2e_wanda_2of4" -> new Step("wanda", new WandaParameters(Sparsity.parse("2:4")));
      case "e2e_sparsegpt_50" -> sparseGpt("0.5");
      case "e2e_sparsegpt_2of4" -> sparseGpt("2:4");
      default -> throw new IllegalArgumentException("no recipe for " + golden.name());
    };
  }

  private static Step gptq(int bits, int groupSize, boolean actOrder, boolean sequential) {
    return new Step(
        "gptq",
        new GptqParameters(bits, groupSize, false, actOrder, false, sequential, 0.01, 128, false));
  }

  private static Step sparseGpt(String sparsity) {
    return new Step(
        "sparsegpt", new SparseGptParameters(Sparsity.parse(sparsity), 0.01, 128, null));
  }

  private List<long[]> calibration() {
    Path file = ModelFixture.shared("fixtures/algorithms/e2e_rtn_w4_g32_asym.safetensors");
    NDArray ids = new SafetensorsFixture(file).read(scope, "calibration_ids");
    int length = (int) ids.getShape().get(1);
    long[] flat = ids.toLongArray();
    List<long[]> sequences = new ArrayList<>();
    for (int start = 0; start < flat.length; start += length) {
      sequences.add(Arrays.copyOfRange(flat, start, start + length));
    }
    return sequences;
  }

  private double perplexity(LanguageModel model) {
    Path file = ModelFixture.shared("fixtures/perplexity/perplexity.safetensors");
    long[] ids = new SafetensorsFixture(file).read(scope, "input_ids").toLongArray();
    int windows = ids.length / WINDOW;
    double sum = 0;
    for (int w = 0; w < windows; w++) {
      long[] window = Arrays.copyOfRange(ids, w * WINDOW, (w + 1) * WINDOW);
      float[] losses = model.tokenLosses(new long[][] {window})[0];
      double mean = 0;
      for (float loss : losses) {
        mean += (double) loss / losses.length;
      }
      sum += mean;
    }
    return Math.exp(sum / windows);
  }
}
