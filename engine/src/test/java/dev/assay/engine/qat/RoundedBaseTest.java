package dev.assay.engine.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stages that train beside codes that stay: scales, and products. */
class RoundedBaseTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 12, batch: 4, learningRate: 0.003, schedule: {kind: constant}, evaluation: {split: held, windows: 4, every: 4}}";
  private static final double CLOSE = 1e-4;

  @TempDir private Path directory;

  private static Path family(String name) {
    return Goldens.room("families").resolve(name);
  }

  private TrainingBench bench() {
    return new TrainingBench(torch, directory);
  }

  /** What the last of some stages did, where the artifact is what was trained. */
  private Pipeline.StageOutcome last(String family, String first, String second, boolean exact)
      throws IOException {
    List<float[]> seen = new ArrayList<>();
    Path target = directory.resolve("trained");
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                family(family),
                "  - "
                    + first
                    + "\n  - "
                    + second.substring(0, second.length() - 1)
                    + ", "
                    + TRAINING
                    + "}",
                target,
                seen::add);
    if (exact) {
      // Factors take the checkpoint's type, which is float16 here.
      double limit = family.equals("opt") && second.startsWith("qlora") ? 2e-3 : CLOSE;
      assertThat(TrainingBench.apart(bench().logits(target), seen.get(0))).isLessThan(limit);
    }
    return outcomes.get(1);
  }

  private double rounded(String family, String first) throws IOException {
    Path target = directory.resolve("rounded");
    bench().run(family(family), "  - " + first, target, logits -> {});
    return bench().loss(target);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | rtn: {bits: 3, groupSize: 16}",
        "llama | gptq: {bits: 4, groupSize: 16, actOrder: true}",
        "llama | block-qat: {bits: 2, groupSize: 16, weightRate: 1e-3, gridRate: 1e-3}",
        "opt | hqq: {bits: 4, groupSize: 16}",
        "gpt2 | rtn: {bits: 4, groupSize: -1, symmetric: true}",
        "mixtral | rtn: {bits: 4, groupSize: 16}",
        "../training/teacher_llama | rtn: {bits: 4, groupSize: 16}"
      })
  void scalesAreTrainedUnderTheirCodes(String family, String first) throws IOException {
    Pipeline.StageOutcome outcome = last(family, first, "train-scales: {teachers: null}", true);
    assertThat(bench().loss(directory.resolve("trained"))).isLessThan(rounded(family, first) - 0.2);
    outcome.linears().forEach(linear -> assertThat(linear.note()).contains("scales trained"));
  }

  /** The gradients of all weights are made, whatever is found out of them. */
  @Test
  void whatIsLearnedOfWeightsCostsAsMuchAsTheWeights() throws IOException {
    String brief = "training: {steps: 2, batch: 4%s}}";
    List<Double> flops = new ArrayList<>();
    for (String stages :
        List.of(
            "  - finetune: {" + brief.formatted(", only: ['model.layers.*_proj.weight']"),
            "  - rtn: {groupSize: 16}\n  - train-scales: {teachers: null, " + brief.formatted(""),
            "  - qat: {estimator: efficientqat, groupSize: 16, " + brief.formatted(""),
            "  - qat: {estimator: lsq, groupSize: 16, " + brief.formatted(""))) {
      List<Pipeline.StageOutcome> outcomes =
          bench()
              .run(family("llama"), stages, directory.resolve("cost" + flops.size()), logits -> {});
      JsonNode said = outcomes.get(outcomes.size() - 1).said();
      flops.add(said.path("training").path("studentFlops").asDouble());
    }
    assertThat(flops.get(0)).isPositive();
    assertThat(flops).containsOnly(flops.get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | nf4: {blockSize: 64} | false",
        "llama | nf4: {blockSize: 64} | true",
        "llama | rtn: {bits: 4, groupSize: 16} | false",
        "llama | rtn: {bits: 4, groupSize: 16} | true",
        "opt | nf4: {blockSize: 64} | false",
        "opt | gptq: {bits: 4, groupSize: 16} | true",
        "gpt2 | rtn: {bits: 4, groupSize: 16} | false",
        "gpt2 | nf4 | true",
        "mixtral | nf4 | false",
        "mixtral | rtn: {bits: 4, groupSize: 16} | true"
      })
  void productsAreTrainedBesideWhatIsRounded(String family, String first, boolean merge)
      throws IOException {
    Pipeline.StageOutcome outcome =
        last(family, first, "qlora: {lora: {rank: 4, alpha: 8}, merge: " + merge + "}", !merge);
    assertThat(bench().loss(directory.resolve("trained")))
        .isLessThan(rounded(family, first) - (merge ? 0.02 : 0.1));
    assertThat(outcome.linears()).isNotEmpty();
  }

  /** A merged product that is 0 leaves the codes that were there. */
  @Test
  void whatHasNotChangedIsRoundedToItsCodes() {
    NDArray weight = normal(3, 6, 64);
    RoundedAgain again = new RoundedAgain(torch, scope);
    for (StoredWeight form :
        List.of(
            RoundToNearest.quantize(torch, scope, weight, 3, 16, false, true),
            CodebookWeight.quantize(torch, scope, weight, Codebook.NF4, 64, 0, DType.FLOAT32))) {
      NDArray values = form.dequantize(torch, scope);
      assertThat(again.of(form, values).dequantize(torch, scope).toFloatArray())
          .containsExactly(values.toFloatArray(), within(1e-6f));
    }
  }

  /** Each code by a look at all of them. */
  @Test
  void whatIsMergedTakesTheNearestCodes() {
    QuantizedWeight grid =
        RoundToNearest.quantize(torch, scope, normal(3, 4, 32), 3, 16, false, false);
    NDArray other = normal(4, 4, 32);
    float[] found =
        new RoundedAgain(torch, scope).of(grid, other).dequantize(torch, scope).toFloatArray();
    float[] scales = grid.scales().toFloatArray();
    float[] zeros = grid.zeros().toFloatArray();
    float[] wanted = other.toFloatArray();
    for (int i = 0; i < found.length; i++) {
      int group = i / 16;
      double least = Double.POSITIVE_INFINITY;
      for (int code = 0; code < 8; code++) {
        least = Math.min(least, Math.abs(scales[group] * (code - zeros[group]) - wanted[i]));
      }
      assertThat((double) Math.abs(found[i] - wanted[i])).isCloseTo(least, within(1e-5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nf4 | train-scales: {targets: ['*.q_proj']} | expected a uniform grid",
        "mxfp4: {} | qlora: {merge: true} | expected a uniform grid, nf4, fp4 or values",
        "loftq: {rank: 4} | qlora: {merge: false} | expected no product"
      })
  void whatHasNoSuchCodesIsRefused(String first, String second, String message) {
    assertThatThrownBy(() -> last("llama", first, second, false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void noTensorsOfTheModelAreNamed() {
    assertThatThrownBy(() -> bench().recipe("  - qlora: {training: {only: ['model.norm.weight']}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("only: found [model.norm.weight], expected none");
  }
}
