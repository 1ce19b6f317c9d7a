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
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.FactoredWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.StoredWeight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose linears were made products of two and then rounded, factor by factor. */
@Tag("slow")
class RoundedFactorsTest extends TorchTest {
  private static final String RTN8 = "rtn: {bits: 8, groupSize: 16}";

  @TempDir Path directory;

  /** Grouped queries, transposed and fused weights, a sliding window, experts, biases. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mistral", "mixtral", "qwen2", "opt"})
  void theyRunAsTheirFactors(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact =
        run(fixture, List.of("svd-llm: {keep: 0.6}", "gptq: {bits: 4, groupSize: 16}"), "artifact");

    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact = logits(artifact, Execution.reference(torch.device()), ids);
    try (LanguageModel packed = load(artifact, Execution.packed(torch.device(), DType.FLOAT32))) {
      NDArray found = packed.logits(scope, ids);
      assertThat(packed.linears().stream().filter(each -> each.kernel().startsWith("factors: ")))
          .as("layers' linears")
          .hasSizeGreaterThanOrEqualTo(4 * fixture.architecture().layers());
      assertThat(packed.linears()).noneMatch(each -> each.simulated());
      assertThat(off(found, exact)).isLessThan(1e-3);
    }
  }

  /** At 8 bits a model is nearly what it was with its factors as they were. */
  @ParameterizedTest
  @CsvSource({
    "llama, svd: {keep: 0.6}",
    "llama, svd-llm: {keep: 0.6}",
    "gpt2, asvd: {keep: 0.6}",
    "qwen2, fwsvd: {keep: 0.6}",
    "phi3, svd: {keep: 0.6}",
    "mixtral, svd: {keep: 0.6}",
    "t5, svd: {keep: 0.6}"
  })
  void ofManyBitsTheyAreTheFactoredModel(String family, String factoring) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint factored = run(fixture, List.of(factoring), "factored");

    for (String rounding : List.of(RTN8, "gptq: {bits: 8, groupSize: 16}")) {
      String name = rounding.substring(0, rounding.indexOf(':'));
      Checkpoint rounded = run(fixture, List.of(factoring, rounding), name);

      for (List<Linear> parts : layer(fixture).stored().values()) {
        for (Linear part : parts) {
          StoredWeight before = weight(factored, part);
          StoredWeight after = weight(rounded, part);
          if (before instanceof LowRankWeight product) {
            assertThat(after).as(part.name()).isInstanceOf(FactoredWeight.class);
            assertThat(((FactoredWeight) after).rank()).isEqualTo(product.rank());
          }
          assertThat(off(after.dequantize(torch, scope), before.dequantize(torch, scope)))
              .as(part.name())
              .isLessThan(0.1);
        }
      }
    }
  }

  /** All that says that it rounds factors does, with fused weights too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rtn: {bits: 4, groupSize: 16}",
        "gptq: {bits: 4, groupSize: 16, actOrder: true, trueSequential: true}",
        "gptq: {bits: 4, groupSize: -1, symmetric: true}",
        "hqq: {bits: 4, groupSize: 16}",
        "nf4: {}",
        "fp4: {}",
        "fp8: {activations: none}",
        "spqr: {bits: 4, groupSize: 16}",
        "billm: {}",
        "binary: {groupSize: 16}",
        "ternary: {}",
        "mxfp4: {}",
        "nvfp4: {}",
        "adaround: {bits: 4, groupSize: 16, iterations: 4, batch: 16}"
      })
  void othersRoundThemToo(String rounding) throws IOException {
    for (String family : List.of("llama", "phi3")) {
      ModelFixture fixture = ModelFixture.of(family);
      List<Pipeline.StageOutcome> outcomes = new ArrayList<>();
      Checkpoint artifact =
          run(fixture, List.of("svd: {keep: 0.7}", rounding), family, outcomes, (s, d, a) -> {});

      for (Linear part : layer(fixture).parts().toList()) {
        assertThat(weight(artifact, part)).as(part.name()).isInstanceOf(FactoredWeight.class);
      }
      List<LinearOutcome> linears = outcomes.get(1).linears();
      assertThat(linears)
          .filteredOn(each -> each.linear().endsWith(" (left factor)"))
          .hasSameSizeAs(outcomes.get(0).linears());
      assertThat(linears).anyMatch(each -> each.linear().endsWith(" (right factor)"));
      long[][] ids = fixture.ids(scope, "input_ids");
      NDArray exact = logits(artifact, Execution.reference(torch.device()), ids);
      NDArray found = logits(artifact, Execution.packed(torch.device(), DType.FLOAT32), ids);
      assertThat(off(found, exact)).as(family).isLessThan(1e-3);
    }
  }

  /** Of shapes alone: codes, and a scale in 32 bits and a zero for each group, of both factors. */
  @Test
  void everyByteIsCounted() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    List<Pipeline.StageOutcome> outcomes = new ArrayList<>();
    Checkpoint artifact =
        run(
            fixture,
            List.of("svd: {keep: 0.6}", "gptq: {bits: 4, groupSize: 16}"),
            "artifact",
            outcomes,
            (stage, done, layers) -> {});

    long bytes = 0;
    long numbers = 0;
    for (int layer = 0; layer < fixture.architecture().layers(); layer++) {
      for (Linear part : layer(fixture).parts().toList()) {
        long out = part.outFeatures();
        long in = part.inFeatures();
        long rank = (long) (out * in * 0.6 / (out + in));
        bytes += rounded(out, rank) + rounded(rank, in);
        numbers += rank * (out + in);
        String name = fixture.architecture().names().inLayer(layer, part.name()) + ".";
        long inFile =
            artifact.names().stream()
                .filter(each -> each.startsWith(name))
                .mapToLong(each -> artifact.info(each).bytes())
                .sum();
        assertThat(inFile).as(name).isEqualTo(rounded(out, rank) + rounded(rank, in));
      }
    }
    assertThat(outcomes.get(1).after().linears().bytes()).isEqualTo(bytes);
    assertThat(outcomes.get(1).after().linears().parameters()).isEqualTo(numbers);
    assertThat(outcomes.get(1).linears())
        .allSatisfy(each -> assertThat(each.tokens()).as(each.linear()).isPositive())
        .allSatisfy(each -> assertThat(each.errorKind()).isEqualTo("output"));
  }

  private static long rounded(long rows, long columns) {
    long groups = (columns + 15) / 16;
    return rows * ((columns + 1) / 2 + Float.BYTES * groups + (groups + 1) / 2);
  }

  /** Linears that are left whole are rounded as such, and what is not selected stays. */
  @Test
  void whatIsWholeIsRoundedWhole() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint artifact =
        run(
            fixture,
            List.of(
                "svd: {keep: 0.6, targets: [self_attn.*, mlp.up_proj]}",
                "gptq: {bits: 4, groupSize: 16, trueSequential: true, ignore: [self_attn.o_proj]}"),
            "artifact");

    for (Linear part : layer(fixture).parts().toList()) {
      StoredWeight weight = weight(artifact, part);
      switch (part.name()) {
        case "self_attn.o_proj" -> assertThat(weight).isInstanceOf(LowRankWeight.class);
        case "mlp.gate_proj", "mlp.down_proj" ->
            assertThat(weight.format()).as(part.name()).isEqualTo("int4 g16");
        default -> assertThat(weight).as(part.name()).isInstanceOf(FactoredWeight.class);
      }
    }
    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact = logits(artifact, Execution.reference(torch.device()), ids);
    NDArray found = logits(artifact, Execution.packed(torch.device(), DType.FLOAT32), ids);
    assertThat(off(found, exact)).isLessThan(1e-3);
  }

  /** An artifact of products is compressed further as they are. */
  @Test
  void thoseOfAnArtifactAreRoundedAlike() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint factored = run(fixture, List.of("svd: {keep: 0.6}"), "factored");
    Checkpoint atOnce = run(fixture, List.of("svd: {keep: 0.6}", RTN8), "at-once");
    Path target = directory.resolve("later");
    new Pipeline(torch, new Families().architecture(factored), StageRegistry.load())
        .run(
            factored,
            RecipeText.steps(directory, List.of(RTN8)),
            List.of(),
            target,
            (stage, done, layers) -> {});
    Checkpoint later = Checkpoint.open(target);

    for (Linear part : layer(fixture).parts().toList()) {
      assertThat(weight(later, part)).isInstanceOf(FactoredWeight.class);
      assertThat(
              off(
                  weight(later, part).dequantize(torch, scope),
                  weight(atOnce, part).dequantize(torch, scope)))
          .as(part.name())
          .isZero();
    }
  }

  /** Killed after any layer, a run goes on there and makes the same artifact. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void anInterruptedRunGoesOnAtItsLayer(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    List<String> stages = List.of("svd-llm: {keep: 0.6}", "gptq: {bits: 3, groupSize: 16}");
    String whole = run(fixture, stages, "whole").sha256();
    assertThat(run(fixture, stages, "again").sha256()).isEqualTo(whole);
    int layers = fixture.architecture().layers();

    for (int limit : new int[] {1, layers, layers + 1, Integer.MAX_VALUE}) {
      AtomicInteger seen = new AtomicInteger();
      Pipeline.Listener killing =
          (stage, done, all) -> {
            if (seen.incrementAndGet() == limit) {
              throw new IllegalStateException("killed");
            }
          };
      try {
        run(fixture, stages, "killed", new ArrayList<>(), killing);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("killed");
        assertThat(directory.resolve("killed")).doesNotExist();
      }
    }
    assertThat(Checkpoint.open(directory.resolve("killed")).sha256()).isEqualTo(whole);
  }

  /** What learns a layer, folds, treats inputs, prunes or stands beside works on matrices. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "awq: {bits: 4, groupSize: 16, gridPoints: 4}",
        "awq-scales: {}",
        "smoothquant: {}",
        "autoround: {bits: 4, groupSize: 16, iterations: 2, batch: 2}",
        "omniquant: {bits: 4, groupSize: 16, epochs: 1}",
        "block-qat: {bits: 4, groupSize: 16, epochs: 1}",
        "w8a8: {}",
        "w4a8: {groupSize: 16}",
        "zeroquant: {groupSize: 16}",
        "llm-int8: {}",
        "fp8: {activations: token}",
        "nvfp4: {activations: true}",
        "ternary: {layout: bitnet}",
        "loftq: {rank: 4}",
        "wanda: {sparsity: 0.5}",
        "svd: {keep: 0.5}",
        "cast: {dtype: bfloat16}"
      })
  void whatWouldUndoThemIsRefused(String stage) {
    ModelFixture fixture = ModelFixture.of("llama");
    String name = stage.substring(0, stage.indexOf(':'));
    assertThatThrownBy(() -> run(fixture, List.of("svd: {keep: 0.6}", stage), "refused"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("by '" + name + "' after 'svd', which makes it a product of two");
  }

  @Test
  void aFactoredHeadIsNotRounded() {
    ModelFixture fixture = ModelFixture.of("phi3");
    String all = "targets: ['*', head]";
    String search = "asvd: {keep: 0.8, search: {shares: [0.5, 0.9], samples: 1}, " + all + "}";
    assertThatThrownBy(
            () ->
                run(
                    fixture,
                    List.of(search, "rtn: {bits: 8, groupSize: 16, " + all + "}"),
                    "refused"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("lm_head: found it selected by 'rtn' after 'asvd'");
  }

  private static LayerLayout layer(ModelFixture fixture) {
    return fixture.architecture().main().layer(0).layout();
  }

  /** A linear of the first layer. */
  private StoredWeight weight(Checkpoint checkpoint, Linear part) {
    CheckpointWeights weights =
        new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint));
    int main = weights.spec().stacks().size() - 1;
    return Objects.requireNonNull(
        weights.layers(main).linears(scope, 0, List.of(part)).get(part.name()));
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

  private Checkpoint run(ModelFixture fixture, List<String> stages, String name)
      throws IOException {
    return run(fixture, stages, name, new ArrayList<>(), (stage, done, layers) -> {});
  }

  private Checkpoint run(
      ModelFixture fixture,
      List<String> stages,
      String name,
      List<Pipeline.StageOutcome> outcomes,
      Pipeline.Listener listener)
      throws IOException {
    Path target = directory.resolve(name);
    outcomes.addAll(
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                RecipeText.steps(directory, stages),
                Arrays.asList(fixture.ids(scope, "input_ids")),
                target,
                listener));
    return Checkpoint.open(target);
  }
}
