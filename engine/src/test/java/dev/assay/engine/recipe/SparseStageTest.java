package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.SparseParameters;
import dev.assay.engine.prune.SparseParameters.Form;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.sparse.BitmaskKernel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pruned models stored without their zeros, read back and run. */
class SparseStageTest extends TorchTest {
  private static final Step HALF =
      new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.5")));
  private static final Step TWO_OF_FOUR =
      new Step("magnitude", new MagnitudeParameters(Sparsity.parse("2:4")));
  private static final Step CAST = new Step("cast", new CastParameters(DType.BFLOAT16));

  @TempDir Path directory;

  /** Grouped queries, transposed and fused weights, experts, biases. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mistral", "mixtral", "opt"})
  void theyAreTheSameModelInFewerBytes(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint dense = run(fixture, "dense", HALF, CAST);
    Checkpoint sparse = run(fixture, "sparse", HALF, CAST, sparse(Form.AUTO));

    assertThat(sparse.weightBytes()).isLessThan(dense.weightBytes());
    assertThat(sparse.parameters()).isEqualTo(dense.parameters());
    assertThat(sparse.hasOwnFormats()).isTrue();
    long[][] ids = fixture.ids(scope, "input_ids");
    try (LanguageModel one = load(dense);
        LanguageModel other = load(sparse)) {
      assertThat(other.logits(scope, ids)).isEqualTo(one.logits(scope, ids));
      assertThat(other.linears()).hasSameSizeAs(one.linears());
    }
  }

  /** By all values where nobody has timed anything, else as was found faster. */
  @Test
  void theyRunByAllValuesOrWithoutTheirZeros() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint sparse = run(fixture, "sparse", HALF, CAST, sparse(Form.AUTO));
    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact;
    try (LanguageModel reference = load(sparse)) {
      exact = reference.logits(scope, ids);
    }
    Execution plain = Execution.packed(torch.device(), DType.FLOAT32);
    assertRuns(sparse, plain, ids, exact, "dense");
    if (NativeOps.areHere()) {
      KernelChoices found = KernelChoices.NONE.with(BitmaskKernel.key(DType.FLOAT32), "bitmask");
      assertRuns(sparse, plain.with(found), ids, exact, "bitmask");
    }
  }

  private void assertRuns(
      Checkpoint sparse, Execution execution, long[][] ids, NDArray exact, String kernel) {
    try (LanguageModel packed =
        LanguageModel.load(torch, sparse, new Families().architecture(sparse), execution)) {
      assertThat(packed.linears().stream().filter(each -> each.kernel().equals(kernel)))
          .as(kernel)
          .hasSizeGreaterThanOrEqualTo(8);
      assertThat(packed.linears()).noneMatch(each -> each.simulated());
      double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
      NDArray found = packed.logits(scope, ids);
      assertThat(found.sub(exact).abs().max().getFloat() / spread).isLessThan(1e-3);
    }
  }

  @Test
  void everyFormHoldsTheSameValues() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint dense = run(fixture, "dense", TWO_OF_FOUR, CAST);
    for (Form form : Form.values()) {
      Checkpoint sparse = run(fixture, form.name(), TWO_OF_FOUR, CAST, sparse(form));
      for (String linear : linears(fixture.architecture())) {
        StoredWeight stored = sparse.linear(torch, scope, linear);
        NDArray values = dense.linear(torch, scope, linear).dequantize(torch, scope);
        assertThat(stored.dequantize(torch, scope)).as(linear).isEqualTo(values);
        assertThat(stored.products(torch, scope)).isEqualTo(values.countNonzero().getLong());
        // Columns of 16 bits beside values of 16 bits save nothing at a half.
        assertThat(stored.format())
            .isEqualTo(
                switch (form) {
                  case AUTO, TWO_OF_FOUR -> "two-of-four";
                  case BITMASK -> "bitmask";
                  case CSR, DENSE -> "dense";
                });
        assertThat(sparse.linearBytes(linear)).isEqualTo(stored.storedBytes());
      }
    }
  }

  @Test
  void whatIsNotSmallerOrNotOfThePatternStaysDenseAndIsSaid() {
    ModelFixture fixture = ModelFixture.of("llama");
    run(fixture, "whole", CAST, sparse(Form.AUTO));
    assertThat(last).allSatisfy(each -> assertThat(each.bits()).isEqualTo(16));
    assertThat(last)
        .allSatisfy(
            each -> assertThat(each.note()).contains("no sparse form is smaller: bitmask takes"));

    run(fixture, "unstructured", HALF, CAST, sparse(Form.TWO_OF_FOUR));
    assertThat(last)
        .allSatisfy(
            each -> {
              assertThat(each.bits()).isEqualTo(16);
              assertThat(each.substitutions()).hasSize(1);
              assertThat(each.substitutions().get(0).wanted()).isEqualTo("two-of-four");
              assertThat(each.substitutions().get(0).done()).isEqualTo("stored value by value");
              assertThat(each.substitutions().get(0).why())
                  .contains("values that are not 0, expected at most 2");
            });

    run(fixture, "rows", HALF, CAST, sparse(Form.CSR));
    assertThat(last.get(0).substitutions().get(0).why())
        .contains("csr takes")
        .contains("all values");
  }

  @Test
  void onlyWhatIsSelectedIsStoredSo() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step some =
        new Step(
            "sparse",
            new SparseParameters(Form.AUTO),
            new Selection(List.of("*.mlp.*"), List.of("*.down_proj")));
    Checkpoint sparse = run(fixture, "some", HALF, CAST, some);
    for (String linear : linears(fixture.architecture())) {
      boolean selected = linear.contains(".mlp.") && !linear.endsWith("down_proj");
      assertThat(sparse.isDense(linear)).as(linear).isEqualTo(!selected);
    }
  }

  @Test
  void whatIsStoredByCodesIsRefused() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));
    run(fixture, "codes", HALF, rtn);
    Checkpoint codes = Checkpoint.open(directory.resolve("codes"));
    assertThatThrownBy(
            () ->
                new Pipeline(torch, new Families().architecture(codes), StageRegistry.load())
                    .run(
                        codes,
                        List.of(sparse(Form.AUTO)),
                        List.of(),
                        directory.resolve("again"),
                        (stage, done, layers) -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("q_proj: found it stored as int4 g16, expected value by value");
    assertThatThrownBy(() -> run(fixture, "first", rtn, sparse(Form.AUTO)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "by 'sparse' after 'rtn', expected one that is stored value by value");
    assertThatThrownBy(() -> run(fixture, "second", sparse(Form.AUTO), rtn))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("by 'rtn' after 'sparse', which stores it without its zeros");
  }

  @Test
  void gptqKeepsZerosOfTwoOfFour() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step prune =
        new Step("sparsegpt", new SparseGptParameters(Sparsity.parse("2:4"), 0.01, 128, null));
    Step gptq =
        new Step("gptq", new GptqParameters(4, 16, false, true, true, true, 0.01, 32, false));
    Checkpoint pruned = run(fixture, "pruned", prune);
    Checkpoint rounded = run(fixture, "rounded", prune, gptq);
    for (String linear : linears(fixture.architecture())) {
      NDArray zero = pruned.linear(torch, scope, linear).dequantize(torch, scope).eq(0);
      NDArray values = rounded.linear(torch, scope, linear).dequantize(torch, scope);
      NDArray lost = values.abs().mul(zero.toType(values.getDataType(), false));
      assertThat(lost.max().getFloat()).as(linear).isZero();
    }
    assertThat(last).allSatisfy(each -> assertThat(each.sparsity()).isGreaterThanOrEqualTo(0.5));
  }

  private List<LinearOutcome> last = List.of();

  private static Step sparse(Form form) {
    return new Step("sparse", new SparseParameters(form));
  }

  private static List<String> linears(ModelSpec spec) {
    return IntStream.range(0, spec.layers())
        .boxed()
        .flatMap(
            layer ->
                spec.main()
                    .layer(layer)
                    .layout()
                    .linears()
                    .map(linear -> spec.names().inLayer(layer, linear)))
        .toList();
  }

  private LanguageModel load(Checkpoint checkpoint) {
    return LanguageModel.load(
        torch,
        checkpoint,
        new Families().architecture(checkpoint),
        Execution.reference(torch.device()));
  }

  private Checkpoint run(ModelFixture fixture, String name, Step... steps) {
    Path target = directory.resolve(name);
    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                Arrays.asList(steps),
                Arrays.asList(fixture.ids(scope, "input_ids")),
                target,
                (stage, done, layers) -> {});
    last = outcomes.get(outcomes.size() - 1).linears();
    return Checkpoint.open(target);
  }
}
