package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    for (String name :
        List.of(
            "int1", "int2", "int3", "int4", "int5", "int6", "int7", "int8", "w8a8", "nf4", "fp4",
            "mxfp4", "nvfp4")) {
      StoredWeight weight = new SampleWeights(torch, scope).of(name, OUT, IN);
      InputScheme input = name.equals("w8a8") ? new PerTokenInput(8, true) : new PlainInput();
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
    }
  }

  /** The benchmark of kernels runs. */
  @ParameterizedTest
  @ValueSource(strings = {"mxfp4", "bfloat16"})
  void benchmarkRuns(String form) {
    KernelBenchmark benchmark = new KernelBenchmark();
    benchmark.width = 64;
    benchmark.form = form;
    benchmark.bytesOfAll = 1 << 12;
    benchmark.open();
    try {
      assertThat(benchmark.packed()).isEqualTo(64);
      assertThat(benchmark.dense()).isEqualTo(64);
      assertThat(benchmark.read()).isZero();
    } finally {
      benchmark.close();
    }
  }

  private QuantizedWeight grid(int bits, int groupSize) {
    return new SampleWeights(torch, scope).grid(bits, groupSize, OUT, IN);
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
