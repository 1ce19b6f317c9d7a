package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.HqqParameters;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.RunnableModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One recipe gives the layers, the embedding and the head widths of their own, in every family. */
class BesideLayersTest extends TorchTest {
  private static final int GROUP = 8;

  @TempDir Path directory;

  static Stream<String> families() {
    return FamilyFixtures.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void embeddingAndHeadHaveWidthsOfTheirOwn(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    ModelSpec spec = fixture.architecture();
    boolean head = !spec.spec().tiedHead() && spec.names().find(ModelModule.HEAD).isPresent();
    List<Step> steps = new ArrayList<>();
    steps.add(rtn(8, "*"));
    steps.add(rtn(5, "embedding"));
    if (head) {
      steps.add(rtn(3, "head"));
    }

    Path target = directory.resolve("artifact");
    List<Pipeline.StageOutcome> outcomes = run(fixture, fixture.checkpoint(), steps, target);

    Checkpoint artifact = Checkpoint.open(target);
    assertStored(fixture, artifact, spec.names().embedding(), 5);
    if (head) {
      assertStored(fixture, artifact, spec.names().head(), 3);
    }
    LinearOutcome outcome = outcomes.get(1).linears().get(0);
    assertThat(outcomes.get(1).linears()).hasSize(1);
    assertThat(outcome.layer()).isEqualTo(LinearOutcome.BESIDE);
    assertThat(outcome.linear()).isEqualTo("embedding");
    assertThat(outcome.relativeError()).isPositive().isLessThan(0.01);
    ModelFixture read =
        new ModelFixture(artifact, new Families().architecture(artifact), fixture.golden());
    NDArray reference = FamilyFixtures.outputs(torch, scope, read, artifact);
    NDArray packed =
        FamilyFixtures.outputs(
            torch, scope, read, artifact, Execution.packed(torch.device(), DType.FLOAT32));
    double spread = rms(reference.sub(reference.mean()));
    assertThat(rms(packed.sub(reference)) / spread).as("packed").isLessThan(2e-3);
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    assertThat(rms(reference.sub(before)) / spread).as("moved").isGreaterThan(1e-4);
  }

  private void assertStored(ModelFixture fixture, Checkpoint artifact, String prefix, int bits) {
    NDArray source = fixture.checkpoint().linear(torch, scope, prefix).dequantize(torch, scope);
    QuantizedWeight exact =
        RoundToNearest.quantize(torch, scope, source, bits, GROUP, false, false);
    QuantizedWeight stored = artifact.linear(torch, scope, prefix).onGrid().orElseThrow();

    assertThat(stored.grid().bits()).isIn(bits, bits < 4 ? 4 : bits);
    assertThat(stored.codes()).as(prefix).isEqualTo(exact.codes());
    NDArray off = stored.dequantize(torch, scope).sub(exact.dequantize(torch, scope)).abs();
    assertThat(off.max().getFloat()).isLessThan(1e-3f * source.abs().max().getFloat());
  }

  @Test
  void memoryAndFileAreThoseOfThePackedTable() {
    ModelFixture fixture = ModelFixture.of("gpt2");
    Path half = directory.resolve("half");
    run(fixture, fixture.checkpoint(), List.of(cast()), half);
    Path target = directory.resolve("artifact");

    run(fixture, Checkpoint.open(half), List.of(rtn(4, "embedding")), target);

    Checkpoint artifact = Checkpoint.open(target);
    String table = fixture.architecture().names().embedding();
    long weights = fixture.architecture().spec().vocabularySize() * 64L;
    long stored = weights / 2 + weights / GROUP * 4;
    assertThat(artifact.linearBytes(table)).isEqualTo(stored);
    Execution execution = Execution.packed(torch.device(), DType.FLOAT32);
    ModelSpec spec = new Families().architecture(artifact);
    try (RunnableModel before = RunnableModel.load(torch, Checkpoint.open(half), spec, execution);
        RunnableModel after = RunnableModel.load(torch, artifact, spec, execution)) {
      assertThat(after.simulated()).isFalse();
      // The head is the table, and there once.
      assertThat(before.table().bytes()).isEqualTo(weights * 4);
      assertThat(before.weightBytes() - after.weightBytes())
          .isEqualTo(weights * 4 - after.table().bytes());
      assertThat(after.table().bytes()).isBetween(stored, stored + weights / GROUP + 4 * 64);
    }
  }

  @Test
  void aStageAfterItSeesTheRoundedTableAndAWholeArtifactIsCompressedAgain() {
    ModelFixture fixture = ModelFixture.of("llama");
    Path first = directory.resolve("first");
    HqqParameters hqq = new HqqParameters(4, 16, 1, true, null, 0.7, 10, 20);
    run(
        fixture,
        fixture.checkpoint(),
        List.of(new Step("hqq", hqq, new Selection(List.of("embedding", "head"), List.of()))),
        first);
    Checkpoint rounded = Checkpoint.open(first);
    Path second = directory.resolve("second");

    run(fixture, rounded, List.of(rtn(4, "*")), second);

    Checkpoint again = Checkpoint.open(second);
    for (String prefix : List.of("model.embed_tokens", "lm_head")) {
      assertThat(rounded.linear(torch, scope, prefix).onGrid()).isPresent();
      NDArray before = rounded.linear(torch, scope, prefix).dequantize(torch, scope);
      NDArray after = again.linear(torch, scope, prefix).dequantize(torch, scope);
      assertThat(after.sub(before).abs().max().getFloat()).as(prefix).isLessThan(1e-6f);
    }
  }

  private static Step rtn(int bits, String target) {
    return new Step(
        "rtn",
        new RtnParameters(bits, GROUP, false, false),
        new Selection(List.of(target), List.of()));
  }

  private static Step cast() {
    return new Step("cast", new CastParameters(DType.FLOAT16));
  }

  private List<Pipeline.StageOutcome> run(
      ModelFixture fixture, Checkpoint source, List<Step> steps, Path target) {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(source, steps, List.of(), target, (stage, finished, layers) -> {});
  }

  private static double rms(NDArray values) {
    return Math.sqrt(values.square().mean().getFloat());
  }
}
