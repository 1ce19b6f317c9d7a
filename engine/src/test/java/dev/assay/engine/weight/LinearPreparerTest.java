package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Which kernels run what. */
class LinearPreparerTest extends TorchTest {
  private static final int OUT = 48;
  private static final int IN = 128;

  /** No weight of few bits is multiplied by dense or dequantised ones where ops of our own are. */
  @Test
  @EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
  void whatIsOfFewBitsRunsAsItIs() {
    LinearPreparer preparer =
        new LinearPreparer(torch, Execution.packed(torch.device(), DType.BFLOAT16));
    forms()
        .forEach(
            (name, weight) -> {
              InputScheme input =
                  name.startsWith("w8a8") ? new PerTokenInput(8, true) : new PlainInput();
              RunnableLinear linear = prepare(preparer, weight, input);
              assertThat(linear.kernel())
                  .as(name)
                  .isIn("tiled-grid", "tiled-codebook", "int4pack", "int8pack");
              assertThat(linear.simulated()).as(name).isFalse();
              // What a token reads is what is stored, but for padded rows and the table.
              assertThat(linear.bytes()).as(name).isLessThan(weight.storedBytes() + OUT * 8L + 64);
              assertThat(linear.module().tensors().values())
                  .as("tensors of %s", name)
                  .allSatisfy(
                      tensor ->
                          assertThat(
                                  tensor.getDataType().isFloating()
                                      && tensor.getShape().size() >= OUT * IN / 2)
                              .isFalse());
            });
  }

  private Map<String, StoredWeight> forms() {
    NDArray values = scope.randomNormal(0, 0.05f, new Shape(OUT, IN), DataType.FLOAT32);
    Map<String, StoredWeight> forms = new LinkedHashMap<>();
    for (int bits = 1; bits <= Byte.SIZE; bits++) {
      forms.put("int" + bits, grid(bits, 32));
    }
    forms.put("w8a8", grid(Byte.SIZE, GridForm.PER_CHANNEL));
    for (Codebook table : Codebook.values()) {
      forms.put(
          table.label(),
          CodebookWeight.quantize(torch, scope, values, table, 64, 0, DType.FLOAT32));
    }
    forms.put(
        "mxfp4",
        MicroscaledWeight.quantize(
            torch,
            scope,
            values,
            new MicroscaledWeight.Rounding(ElementFormat.E2M1, SharedExponent.FLOOR, 0, false)));
    forms.put(
        "nvfp4",
        Nvfp4Weight.quantize(
            torch,
            scope,
            values,
            values.abs().max().getFloat(),
            Nvfp4Weight.Rule.COMPRESSED_TENSORS));
    return forms;
  }

  private QuantizedWeight grid(int bits, int groupSize) {
    int groups = groupSize < 0 ? 1 : IN / groupSize;
    NDArray codes =
        scope.randomUniform(0, 1 << bits, new Shape(OUT, IN)).floor().toType(DataType.UINT8, false);
    return QuantizedWeight.inOrder(
        scope,
        codes,
        scope.randomUniform(0.01f, 0.02f, new Shape(OUT, groups)),
        scope.full(new Shape(OUT, groups), 1 << (bits - 1)).toType(DataType.FLOAT32, false),
        new GridForm(bits, groupSize, true, true, GridForm.Layout.COMPRESSED_TENSORS));
  }

  /** What is asked for by name is there, or is an error. */
  @Test
  void refusesActivationsOfBytesWhereNoKernelRoundsThem() {
    Execution execution = Execution.packed(torch.device(), DType.BFLOAT16, KernelInputs.INT8);
    KernelRuntime without = new KernelRuntime(torch, execution, CpuKernels.ANY);
    assertThatThrownBy(() -> new LinearPreparer(without, false, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("activations: found int8, expected native");
  }

  /** What the method rounds is not rounded again, by whatever rule it does it. */
  @Test
  @EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
  void roundsNothingTwice() {
    Execution execution = Execution.packed(torch.device(), DType.BFLOAT16, KernelInputs.INT8);
    LinearPreparer preparer = new LinearPreparer(torch, execution);
    for (InputScheme input :
        List.of(
            new PerTokenInput(8, false),
            new PerTokenInput(8, true, IntegerRule.COMPRESSED_TENSORS))) {
      RunnableLinear linear = prepare(preparer, grid(4, 32), input);
      assertThat(linear.rounding().orElse("")).as("%s", input).doesNotContain("of 8 bits");
      assertThat(linear.simulated()).as("%s", input).isTrue();
    }
    RunnableLinear codes = prepare(preparer, grid(4, 32), new PerTokenInput(8, true));
    assertThat(codes.rounding()).contains("as the codes of tokens");
    assertThat(codes.simulated()).isFalse();
  }

  /** What is turned before it is rounded is turned by a module, and multiplied as codes. */
  @Test
  @EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
  void multipliesCodesOfWhatIsRotated() {
    LinearPreparer preparer =
        new LinearPreparer(torch, Execution.packed(torch.device(), DType.FLOAT32));
    QuantizedWeight weight = grid(8, GridForm.PER_CHANNEL);
    InputScheme rotated = new RotatedInput(IN, new PlainInput());
    InputScheme input = rotated.followedBy(new PerTokenInput(8, true));
    RunnableLinear linear = prepare(preparer, weight, input);
    assertThat(linear.kernel()).isEqualTo("tiled-grid");
    assertThat(linear.simulated()).isFalse();
    NDArray x = scope.randomNormal(0, 1, new Shape(3, IN), DataType.FLOAT32);
    RunnableLinear turning =
        prepare(preparer, new DenseWeight(scope.eye(IN), DType.FLOAT32), rotated);
    NDArray turned = products().alone(turning.module()).call(scope, "forward", x);
    NDArray meant = RoundedRuns.onGrid(turned, Byte.MAX_VALUE);
    NDArray values = weight.dequantize(torch, scope);
    assertThat(products().off(linear, values, x, meant)).isLessThan(1e-4f);
  }

  private KernelProducts products() {
    return new KernelProducts(torch, scope);
  }

  private RunnableLinear prepare(LinearPreparer preparer, StoredWeight weight, InputScheme input) {
    return preparer
        .prepare(scope, List.of(weight), Collections.singletonList(null), List.of(input))
        .parts()
        .get(0);
  }

  @Test
  @EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
  void roundsActivationsToBytesWhereAsked() {
    Execution execution = Execution.packed(torch.device(), DType.FLOAT32, KernelInputs.INT8);
    LinearPreparer preparer = new LinearPreparer(torch, execution);
    for (int bits : new int[] {2, 4, 8}) {
      RunnableLinear linear = preparer.prepare(scope, List.of(grid(bits, 32))).parts().get(0);
      assertThat(linear.kernel()).isEqualTo("tiled-grid");
      assertThat(linear.rounding()).contains("as integers of 8 bits");
    }
  }
}
