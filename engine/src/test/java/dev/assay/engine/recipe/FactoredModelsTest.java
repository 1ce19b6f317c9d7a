package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.SvdLlmParameters;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose linears are products of two, of several families, read back and run as such. */
class FactoredModelsTest extends TorchTest {
  @TempDir Path directory;

  /** Grouped queries, transposed and fused weights, a sliding window, experts, biases. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mistral", "mixtral", "qwen2", "opt"})
  void theyRunAsTheirProducts(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = run(fixture, new Step("svd-llm", new SvdLlmParameters(0.5)), "artifact");

    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact;
    NDArray found;
    try (LanguageModel reference = load(artifact, Execution.reference(torch.device()))) {
      exact = reference.logits(scope, ids);
    }
    try (LanguageModel packed = load(artifact, Execution.packed(torch.device(), DType.FLOAT32))) {
      found = packed.logits(scope, ids);
      assertThat(packed.linears().stream().filter(each -> each.kernel().equals("low-rank")))
          .as("layers' linears")
          .hasSizeGreaterThanOrEqualTo(4 * fixture.architecture().layers());
      assertThat(packed.linears()).noneMatch(each -> each.simulated());
    }
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    assertThat(found.sub(exact).abs().max().getFloat() / spread).isLessThan(1e-3);
  }

  @Test
  void theyAreSmaller() {
    ModelFixture fixture = ModelFixture.of("llama");
    long whole = bytes(fixture.checkpoint());
    long half = bytes(run(fixture, new Step("svd", new SvdParameters(0.5)), "half"));
    long most = bytes(run(fixture, new Step("svd", new SvdParameters(0.9)), "most"));

    assertThat(half).isLessThan(most);
    assertThat(most).isLessThan(whole);
  }

  @Test
  void whatWouldUndoThemIsRefused() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step svd = new Step("svd", new SvdParameters(0.5));
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));
    Step awq = new Step("awq", new AwqParameters(4, 16, true, true, 4, false, false, 0.5, 512));

    assertThatThrownBy(() -> run(fixture, List.of(svd, awq), "first"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("by 'awq' after 'svd', which makes it a product of two");
    assertThatThrownBy(() -> run(fixture, List.of(rtn, svd), "second"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("by 'svd' after 'rtn', which rounds it");
  }

  private long bytes(Checkpoint checkpoint) {
    try (LanguageModel model = load(checkpoint, Execution.packed(torch.device(), DType.BFLOAT16))) {
      return model.linears().stream().mapToLong(each -> each.bytes()).sum();
    }
  }

  private LanguageModel load(Checkpoint checkpoint, Execution execution) {
    return LanguageModel.load(
        torch, checkpoint, new Families().architecture(checkpoint), execution);
  }

  private Checkpoint run(ModelFixture fixture, Step step, String name) {
    return run(fixture, List.of(step), name);
  }

  private Checkpoint run(ModelFixture fixture, List<Step> steps, String name) {
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            steps,
            Arrays.asList(fixture.ids(scope, "input_ids")),
            target,
            (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
