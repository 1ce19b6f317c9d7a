package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.KernelCheck;
import dev.assay.engine.run.KernelUse;
import dev.assay.engine.run.RunnableModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ReadBack;
import dev.assay.engine.working.UnfaithfulWeightException;
import dev.assay.engine.working.WeightAgreement;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every artifact is read back and held against what was meant, and so is what runs. */
class ReadBackTest extends TorchTest {
  @TempDir Path directory;

  @Test
  void everyLinearIsCompared() {
    List<WeightAgreement> heard = new ArrayList<>();
    Checkpoint artifact =
        run(new Step("magnitude", new MagnitudeParameters(Sparsity.parse("2:4"))), heard, "pruned");

    // Seven linears in each of three layers, the embedding and the head.
    assertThat(heard).hasSize(7 * 3 + 2);
    assertThat(heard).allMatch(each -> each.largestDifference() == 0 && each.finite());
    assertThat(heard.subList(0, 21)).allMatch(each -> Math.abs(each.zeros() - 0.5) < 1e-9);
    assertThat(heard.get(0).linear()).startsWith("model.layers.0.self_attn.");
    assertThat(artifact.names()).isNotEmpty();
    List<WeightAgreement> rounded = new ArrayList<>();
    run(new Step("rtn", new RtnParameters(3, 48, false, false)), rounded, "rounded");
    assertThat(rounded).hasSize(23).allMatch(each -> each.largestDifference() < 1e-6);
  }

  @Test
  void whatIsNotWhatWasMeantNamesTheLinear() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint other =
        run(new Step("rtn", new RtnParameters(4, 16, false, false)), new ArrayList<>(), "other");
    WorkingModel meant =
        new WorkingModel(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            WeightFormats.load(),
            directory.resolve("work"));

    assertThatThrownBy(
            () -> new ReadBack(torch, meant, other, new Families().architecture(other)).check())
        .isInstanceOf(UnfaithfulWeightException.class)
        .hasMessageContaining("model.layers.0.self_attn.")
        .hasMessageContaining("read back: found values that differ by up to");
  }

  @Test
  void valuesThatAreNoneAreNotWhatWasMeant() {
    DenseWeight meant = new DenseWeight(scope.create(new float[][] {{1, 2}}), DType.FLOAT32);
    DenseWeight read = new DenseWeight(scope.create(new float[][] {{1, Float.NaN}}), DType.FLOAT32);

    WeightAgreement found = WeightAgreement.of(torch, "a", meant, read);

    assertThat(found.finite()).isFalse();
    assertThatThrownBy(() -> found.require("here"))
        .isInstanceOf(UnfaithfulWeightException.class)
        .hasMessageContaining("not all finite");
  }

  @Test
  void whatRunsIsHeldAgainstFloat32() {
    Checkpoint artifact =
        run(new Step("rtn", new RtnParameters(3, 16, false, false)), new ArrayList<>(), "three");
    CheckpointWeights weights =
        new CheckpointWeights(torch, artifact, new Families().architecture(artifact));

    List<KernelUse> exact =
        new KernelCheck(torch, weights, Execution.packed(torch.device(), DType.FLOAT32)).uses();
    List<KernelUse> narrow =
        new KernelCheck(torch, weights, Execution.packed(torch.device(), DType.BFLOAT16)).uses();

    assertThat(exact).singleElement().satisfies(use -> assertThat(use.kernel()).isEqualTo("grid"));
    assertThat(exact.get(0).activations()).isEqualTo("float32, as they are");
    assertThat(exact.get(0).largestDifference()).isLessThan(1e-4);
    assertThat(narrow.get(0).activations()).matches("bfloat16, (as they|up to \\d+ rows as).*");
    assertThat(narrow.get(0).largestDifference()).isPositive().isLessThan(0.05);
    // Three groups of the layers have shapes of their own, and the fourth.
    assertThat(exact.get(0).checked()).isBetween(3, 4);
  }

  @Test
  void packedHeadsAndTablesAreHeldAgainstFloat32Too() {
    Checkpoint own =
        run("llama", List.of(rtn(5, "embedding"), rtn(8, "head")), new ArrayList<>(), "own");
    Checkpoint tied = run("gpt2", List.of(rtn(4, "embedding")), new ArrayList<>(), "tied");

    assertThat(beside(own, DType.FLOAT32))
        .satisfiesExactlyInAnyOrder(
            use -> {
              assertThat(use.kernel()).isEqualTo("grid-rows");
              assertThat(use.form()).startsWith("int5 packed");
              assertThat(use.activations()).isEqualTo("token ids, to float32");
              assertThat(use.tables()).isEqualTo(1);
              assertThat(use.checked()).isEqualTo(1);
              assertThat(use.largestDifference()).isLessThan(1e-6);
            },
            use -> {
              assertThat(use.form()).contains("int8 packed");
              assertThat(use.activations()).isEqualTo("float32, as they are");
              assertThat(use.tables()).isZero();
              assertThat(use.checked()).isEqualTo(1);
              assertThat(use.largestDifference()).isLessThan(1e-4);
            });
    assertThat(beside(tied, DType.BFLOAT16))
        .hasSize(2)
        .allSatisfy(use -> assertThat(use.form()).contains("int4 packed"))
        .allSatisfy(use -> assertThat(use.largestDifference()).isPositive().isLessThan(0.05))
        .extracting(KernelUse::tables)
        .containsExactlyInAnyOrder(0, 1);
  }

  /** Every form that runs is named, under the very words that the model's linears have. */
  @Test
  void theHeadsFormIsThatWhichRuns() {
    Checkpoint artifact = run("gpt2", List.of(rtn(4, "embedding")), new ArrayList<>(), "forms");
    Execution execution = Execution.packed(torch.device(), DType.FLOAT32);
    try (RunnableModel model =
        RunnableModel.load(torch, artifact, new Families().architecture(artifact), execution)) {
      RunnableLinear head = model.linears().get(0);

      assertThat(beside(artifact, DType.FLOAT32))
          .anySatisfy(
              use -> {
                assertThat(use.kernel()).isEqualTo(head.kernel());
                assertThat(use.form()).isEqualTo(head.form());
              });
    }
  }

  /** What is said of other linears than those of the layers, which are dense. */
  private List<KernelUse> beside(Checkpoint artifact, DType dtype) {
    CheckpointWeights weights =
        new CheckpointWeights(torch, artifact, new Families().architecture(artifact));
    return new KernelCheck(torch, weights, Execution.packed(torch.device(), dtype))
        .uses().stream().filter(use -> !use.kernel().startsWith("dense")).toList();
  }

  private static Step rtn(int bits, String target) {
    return new Step(
        "rtn",
        new RtnParameters(bits, 16, false, false),
        new Selection(List.of(target), List.of()));
  }

  private Checkpoint run(Step step, List<WeightAgreement> heard, String name) {
    return run("llama", List.of(step), heard, name);
  }

  private Checkpoint run(
      String family, List<Step> steps, List<WeightAgreement> heard, String name) {
    ModelFixture fixture = ModelFixture.of(family);
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            steps,
            List.of(),
            target,
            new Pipeline.Listener() {
              @Override
              public void layerFinished(String stage, int finished, int layers) {}

              @Override
              public void readBack(List<WeightAgreement> linears) {
                heard.addAll(linears);
              }
            });
    return Checkpoint.open(target);
  }
}
