package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.learned.AdaRoundParameters;
import dev.assay.engine.learned.AutoRoundParameters;
import dev.assay.engine.learned.BlockQatParameters;
import dev.assay.engine.learned.OmniQuantParameters;
import dev.assay.engine.microscale.Nvfp4Parameters;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.RiaParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.quantize.outlier.BillmParameters;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import dev.assay.engine.quantize.outlier.SpqrSolver;
import dev.assay.engine.weight.Nvfp4Weight.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Linears to which calibration shows nothing: those of an expert that the router never picks, and
 * one behind a ReLU that never opens. The published codes write zeros over them or remove weights
 * by their place; here they are compressed without calibration and say so.
 */
@Tag("slow")
class StarvedLinearsTest extends TorchTest {
  private static final int GROUP = 16;
  private static final SpqrParameters SPQR =
      new SpqrParameters(4, GROUP, 3, 3, 16, 0.2, false, false, true, false, 1, 128);

  @TempDir Path directory;

  private static final String NO_NOTE = "";

  /**
   * Each step, what does the same without calibration, which SpQR has not, and what the row says.
   */
  static Stream<Arguments> steps() {
    Sparsity half = Sparsity.parse("0.5");
    Sparsity pattern = Sparsity.parse("2:4");
    Step rounding = new Step("rtn", new RtnParameters(4, GROUP, false, false));
    return Stream.of(
        Arguments.of(gptq(false), rounding, "rounded to nearest: "),
        Arguments.of(gptq(true), rounding, "rounded to nearest: "),
        Arguments.of(
            new Step("awq", new AwqParameters(4, GROUP, true, true, 4, false, true, 0.5, 512)),
            new Step("awq", new AwqParameters(4, GROUP, false, false, 4, false, true, 0.5, 512)),
            "rounded to nearest: "),
        Arguments.of(
            new Step("autoround", new AutoRoundParameters(4, GROUP, false, 2, null, true, 4, 1)),
            rounding,
            "rounded to nearest: "),
        Arguments.of(
            new Step(
                "adaround",
                new AdaRoundParameters(4, GROUP, false, false, 2, 0.01, 0.01, 0.2, 20, 2, 32, 1)),
            rounding,
            "rounded to nearest: "),
        Arguments.of(
            new Step("omniquant", new OmniQuantParameters(4, GROUP, false, 1, 0.01, 0, 4)),
            rounding,
            "rounded to nearest: "),
        Arguments.of(
            new Step(
                "block-qat", new BlockQatParameters(4, GROUP, 1, 2, 1e-3, 1e-3, 0.05, 0, 0, 0)),
            rounding,
            "rounded to nearest: "),
        Arguments.of(
            new Step("sparsegpt", new SparseGptParameters(half, 0.01, 128, null)),
            new Step("magnitude", new MagnitudeParameters(half)),
            "pruned by magnitude: "),
        Arguments.of(
            new Step("wanda", new WandaParameters(pattern)),
            new Step("magnitude", new MagnitudeParameters(pattern)),
            "pruned by magnitude: "),
        Arguments.of(
            new Step("ria", new RiaParameters(half)),
            new Step("magnitude", new MagnitudeParameters(half)),
            "pruned by magnitude: "),
        Arguments.of(
            new Step("billm", new BillmParameters(Metric.HESSIAN, 32, 0.01, true, 10)),
            new Step("billm", new BillmParameters(Metric.MAGNITUDE, 32, 0.01, false, 10)),
            "rounded by magnitude, without making up for errors: "),
        Arguments.of(new Step("spqr", SPQR), null, "rounded without making up for errors: "),
        Arguments.of(
            new Step("nvfp4", new Nvfp4Parameters(Rule.COMPRESSED_TENSORS, true, true)),
            new Step("nvfp4", new Nvfp4Parameters(Rule.COMPRESSED_TENSORS, true, false)),
            NO_NOTE));
  }

  private static Step gptq(boolean ordered) {
    return new Step(
        "gptq", new GptqParameters(4, GROUP, false, ordered, ordered, ordered, 0.01, 128, false));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void expertThatTheRouterNeverPicks(Step step, @Nullable Step without, String how)
      throws IOException {
    Checkpoint starved =
        changed(
            "mixtral",
            (name, value) -> name.endsWith("block_sparse_moe.gate.weight") ? never(value) : value);
    ObjectNode config = starved.config().deepCopy();
    config.put("num_experts_per_tok", 1);
    new ObjectMapper().writeValue(starved.directory().resolve("config.json").toFile(), config);

    List<String> linears =
        Stream.of("w1", "w3", "w2").map(w -> "block_sparse_moe.experts.3." + w).toList();
    compare(
        Checkpoint.open(starved.directory()),
        step,
        without,
        linears,
        how,
        "saw 0 calibration tokens only");
  }

  @ParameterizedTest
  @MethodSource("steps")
  void linearBehindUnitsThatNeverOpen(Step step, @Nullable Step without, String how) {
    Checkpoint closed =
        changed(
            "opt", (name, value) -> name.endsWith("fc1.bias") ? value.zerosLike().sub(100) : value);

    compare(closed, step, without, List.of("fc2"), how, "saw zeros only");
  }

  /** The last expert's score is the mean of the others', so that it is never the greatest. */
  private NDArray never(NDArray gate) {
    NDArray others = torch.tensors().rows(scope, gate, 0, 3);
    return others.concat(others.mean(new int[] {0}, true), 0);
  }

  private void compare(
      Checkpoint model,
      Step step,
      @Nullable Step without,
      List<String> linears,
      String how,
      String why) {
    ModelSpec architecture = new Families().architecture(model);
    List<LinearOutcome> outcomes = run(architecture, model, step, "found");
    List<LinearOutcome> uncalibrated =
        without == null ? List.of() : run(architecture, model, without, "expected");
    Checkpoint found = Checkpoint.open(directory.resolve("found"));

    for (int layer = 0; layer < architecture.layers(); layer++) {
      for (String linear : linears) {
        String name = architecture.names().inLayer(layer, linear);
        NDArray values = found.linear(torch, scope, name).dequantize(torch, scope);
        assertThat(torch.tensors().bytes(values))
            .as(name)
            .isEqualTo(torch.tensors().bytes(expected(model, without, name)));
      }
    }
    assertThat(outcomes.stream().filter(each -> linears.contains(each.linear())))
        .hasSize(linears.size() * architecture.layers())
        .allSatisfy(
            each -> assertThat(each.note()).isEqualTo(how.equals(NO_NOTE) ? null : how + why))
        .allSatisfy(
            each -> assertThat(each.substitutions()).containsOnlyOnce(substitution(how, why)))
        .allSatisfy(
            each -> assertThat(each.tokens()).isEqualTo(why.contains("0 calibration") ? 0 : 256L))
        .filteredOn(each -> without != null || each.errorKind().equals("output"))
        .allSatisfy(
            each -> assertThat(each.relativeError()).isEqualTo(expectedError(each, uncalibrated)));
    assertThat(outcomes.stream().filter(each -> !linears.contains(each.linear())))
        .allSatisfy(each -> assertThat(each.tokens()).isPositive())
        .noneMatch(each -> each.note() != null && each.note().contains("saw"));
  }

  /** What a weight is to stand for. */
  private NDArray expected(Checkpoint model, @Nullable Step without, String name) {
    if (without != null) {
      return Checkpoint.open(directory.resolve("expected"))
          .linear(torch, scope, name)
          .dequantize(torch, scope);
    }
    NDArray weight = model.tensor(torch, scope, name + ".weight");
    NDArray unrelated = scope.eye((int) weight.getShape().get(1));
    return new SpqrSolver(torch, SPQR)
        .solve(scope, weight, unrelated)
        .weight()
        .dequantize(torch, scope);
  }

  private static Substitution substitution(String how, String why) {
    return how.equals(NO_NOTE)
        ? new Substitution("inputs under a calibrated number", "inputs under 1", why)
        : new Substitution("calibrated", how.substring(0, how.length() - ": ".length()), why);
  }

  /** Of outputs, where zeros come in, none; of the weight that of the other step. */
  private static double expectedError(LinearOutcome found, List<LinearOutcome> uncalibrated) {
    return found.errorKind().equals("output")
        ? 0
        : uncalibrated.stream()
            .filter(each -> each.layer() == found.layer() && each.linear().equals(found.linear()))
            .findFirst()
            .orElseThrow()
            .relativeError();
  }

  private List<LinearOutcome> run(
      ModelSpec architecture, Checkpoint model, Step step, String target) {
    Random random = new Random(5);
    List<long[]> calibration = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calibration.add(random.longs(32, 0, architecture.spec().vocabularySize()).toArray());
    }
    return new Pipeline(torch, architecture, StageRegistry.load())
        .run(
            model,
            List.of(step),
            calibration,
            directory.resolve(target),
            (stage, finished, layers) -> {})
        .get(0)
        .linears();
  }

  /** A family's fixture in float32, of which some tensors are others. */
  private Checkpoint changed(String family, BiFunction<String, NDArray, NDArray> change) {
    Checkpoint source =
        Float32Copy.of(torch, ModelFixture.of(family), directory.resolve("float32"));
    Path target = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target);
        NDManager owner = torch.manager().newSubManager()) {
      for (String name : source.names()) {
        writer.put(name, change.apply(name, source.tensor(torch, owner, name)));
      }
      writer.finish(source, "float32");
    }
    return Checkpoint.open(target);
  }
}
