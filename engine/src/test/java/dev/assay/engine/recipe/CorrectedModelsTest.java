package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose rounding is made up for by products, read back and run as such. */
@Tag("slow")
class CorrectedModelsTest extends TorchTest {
  @TempDir Path directory;

  /** Grouped queries, transposed and fused weights, a sliding window, experts, biases. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mistral", "mixtral", "qwen2", "opt"})
  void theyRunAsWhatIsRoundedAndWhatIsBeside(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    List<Pipeline.StageOutcome> outcomes = new ArrayList<>();
    Checkpoint artifact =
        run(
            fixture,
            fixture.checkpoint(),
            List.of("rtn: {bits: 3, groupSize: 16}", "eora: {rank: 4}"),
            "artifact",
            outcomes);

    // On the grid that the stage before has left them on.
    assertThat(total(outcomes.get(1).linears())).isLessThan(total(outcomes.get(0).linears()));
    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact = logits(artifact, Execution.reference(torch.device()), ids);
    try (LanguageModel packed = load(artifact, Execution.packed(torch.device(), DType.FLOAT32))) {
      NDArray found = packed.logits(scope, ids);
      assertThat(packed.linears().stream().filter(each -> each.kernel().endsWith(" + low-rank")))
          .as("layers' linears")
          .hasSizeGreaterThanOrEqualTo(4 * fixture.architecture().layers());
      assertThat(packed.linears()).noneMatch(each -> each.simulated());
      assertThat(off(found, exact)).isLessThan(1e-3);
    }
  }

  /**
   * Of full rank nothing of the rounding is left, whatever was folded before or by the stage
   * itself.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rtn: {bits: 3, groupSize: 16}",
        "gptq: {bits: 3, groupSize: 16, actOrder: true}",
        "awq: {bits: 3, groupSize: 16, gridPoints: 4}",
        "smoothquant: {}; rtn: {bits: 4, groupSize: 16}",
        "rotate: {}; gptq: {bits: 3, groupSize: 16}",
        "hqq: {bits: 3, groupSize: 16}",
        "nf4: {}",
        "fp8: {activations: none}",
        "spqr: {bits: 3, groupSize: 16}",
        "billm: {}",
        "binary: {groupSize: 16}",
        "ternary: {}",
        "mxfp4: {}",
        "autoround: {bits: 3, groupSize: 16, iterations: 2, batch: 2}",
        "omniquant: {bits: 3, groupSize: 16, epochs: 1}",
        "block-qat: {bits: 3, groupSize: 16, epochs: 1}"
      })
  void ofFullRankTheyAreTheOriginal(String rounding) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    long width = fixture.architecture().spec().hiddenSize();
    long keys =
        fixture.architecture().main().layer(0).layout().linear("self_attn.k_proj").outFeatures();
    List<String> stages = new ArrayList<>(List.of(rounding.split("; ")));
    stages.add("lqer: {rank: %d, targets: [self_attn.k_proj, self_attn.v_proj]}".formatted(keys));
    stages.add(
        "lqer: {rank: %d, scaled: false, ignore: [self_attn.k_proj, self_attn.v_proj]}"
            .formatted(width));

    Checkpoint artifact = run(fixture, source, stages, "artifact", new ArrayList<>());

    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact = logits(source, Execution.reference(torch.device()), ids);
    NDArray found = logits(artifact, Execution.reference(torch.device()), ids);
    assertThat(off(found, exact)).isLessThan(1e-3);
  }

  /** Where inputs are rounded too, base and product see them so. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "w8a8: {}",
        "llm-int8: {}",
        "w4a8: {groupSize: 16}",
        "zeroquant: {groupSize: 16}",
        "fp8: {activations: token}",
        "nvfp4: {activations: true}"
      })
  void theyRunBehindRoundedInputs(String rounding) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint artifact =
        run(
            fixture,
            fixture.checkpoint(),
            List.of(rounding, "lqer: {rank: 4}"),
            "artifact",
            new ArrayList<>());

    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact = logits(artifact, Execution.reference(torch.device()), ids);
    NDArray found = logits(artifact, Execution.packed(torch.device(), DType.FLOAT32), ids);
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    // A code of an input may be the next one.
    assertThat(found.sub(exact).square().mean().sqrt().getFloat() / spread).isLessThan(0.05);
  }

  /** What the method before could not round has lost nothing. */
  @Test
  void whatIsNotRoundedIsLeft() throws IOException {
    ModelFixture fixture = ModelFixture.of("phi3");
    List<Pipeline.StageOutcome> outcomes = new ArrayList<>();

    run(fixture, fixture.checkpoint(), List.of("nf4: {}", "lqer: {rank: 4}"), "it", outcomes);

    List<LinearOutcome> linears = outcomes.get(1).linears();
    assertThat(linears).anyMatch(each -> each.substitutions().isEmpty());
    assertThat(linears)
        .filteredOn(each -> !each.substitutions().isEmpty())
        .isNotEmpty()
        .allSatisfy(
            each -> {
              assertThat(each.substitutions().get(0).done()).isEqualTo("left as it is");
              assertThat(each.relativeError()).isZero();
            });
  }

  /** What was folded before it was rounded is kept for a run that takes up another. */
  @ParameterizedTest
  @ValueSource(strings = {"lqer: {rank: 4}", "eora: {rank: 4}"})
  void anInterruptedRunGoesOnAtItsLayer(String correction) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    List<String> stages = List.of("awq: {bits: 3, groupSize: 16, gridPoints: 4}", correction);
    String whole = run(fixture, fixture.checkpoint(), stages, "whole", new ArrayList<>()).sha256();
    List<Step> steps = RecipeText.steps(directory, stages);
    Path target = directory.resolve("killed");
    int layers = fixture.architecture().layers();

    for (int limit : new int[] {1, layers + 1, Integer.MAX_VALUE}) {
      AtomicInteger seen = new AtomicInteger();
      Pipeline.Listener killing =
          (stage, done, all) -> {
            if (seen.incrementAndGet() == limit) {
              throw new IllegalStateException("killed");
            }
          };
      try {
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                steps,
                Arrays.asList(fixture.ids(scope, "input_ids")),
                target,
                killing);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("killed");
        assertThat(target).doesNotExist();
      }
    }
    assertThat(Checkpoint.open(target).sha256()).isEqualTo(whole);
  }

  @Test
  void anExpertThatNoTokenReachedIsCorrectedAllTheSame() throws IOException {
    ModelFixture fixture = ModelFixture.of("mixtral");
    List<Pipeline.StageOutcome> outcomes = new ArrayList<>();
    Path target = directory.resolve("few");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(
                directory, List.of("rtn: {bits: 3, groupSize: 16}", "eora: {rank: 4}")),
            List.of(new long[] {1, 2}),
            target,
            (stage, done, layers) -> {})
        .forEach(outcomes::add);

    assertThat(outcomes.get(1).linears())
        .anyMatch(
            each ->
                each.substitutions().stream()
                    .anyMatch(
                        done -> done.done().equals("corrected with inputs that count alike")));
  }

  @Test
  void whatCannotBeIsRefused() {
    refused("is to be rounded before", List.of("lqer: {}"), "expected a stage before that rounds");
    refused(
        "the wrong order",
        List.of("eora: {rank: 4}", "rtn: {bits: 3, groupSize: 16}"),
        "expected a stage before that rounds");
    refused(
        "not all of it",
        List.of("rtn: {bits: 3, groupSize: 16, targets: [mlp.down_proj]}", "lqer: {rank: 4}"),
        "expected a stage before that rounds");
    refused(
        "twice",
        List.of("rtn: {bits: 3, groupSize: 16}", "lqer: {rank: 4}", "eora: {rank: 4}"),
        "by 'eora' after 'lqer', which puts a product beside it");
    refused(
        "too much", List.of("rtn: {bits: 3, groupSize: 16}", "lqer: {rank: 4000}"), "rank: found");
    refused(
        "of the head",
        List.of("rtn: {bits: 4, groupSize: 16, targets: [head]}", "lqer: {targets: [head]}"),
        "expected linears of the layers");
  }

  private void refused(String as, List<String> stages, String message) {
    ModelFixture fixture = ModelFixture.of("llama");
    assertThatThrownBy(
            () -> run(fixture, fixture.checkpoint(), stages, "refused", new ArrayList<>()))
        .as(as)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  private static double total(List<LinearOutcome> linears) {
    return linears.stream().mapToDouble(LinearOutcome::relativeError).sum();
  }

  private static double off(NDArray found, NDArray exact) {
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    return found.sub(exact).abs().max().getFloat() / spread;
  }

  private NDArray logits(Checkpoint checkpoint, Execution execution, long[][] ids) {
    try (LanguageModel model = load(checkpoint, execution)) {
      return model.logits(scope, ids);
    }
  }

  private LanguageModel load(Checkpoint checkpoint, Execution execution) {
    return LanguageModel.load(
        torch, checkpoint, new Families().architecture(checkpoint), execution);
  }

  private Checkpoint run(
      ModelFixture fixture,
      Checkpoint source,
      List<String> stages,
      String name,
      List<Pipeline.StageOutcome> outcomes)
      throws IOException {
    Path target = directory.resolve(name);
    outcomes.addAll(
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                source,
                RecipeText.steps(directory, stages),
                Arrays.asList(fixture.ids(scope, "input_ids")),
                target,
                (stage, done, layers) -> {}));
    return Checkpoint.open(target);
  }
}
