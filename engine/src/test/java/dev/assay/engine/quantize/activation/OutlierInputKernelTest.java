package dev.assay.engine.quantize.activation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The op of LLM.int8()'s products against its definition in float32 on dequantised values. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class OutlierInputKernelTest extends TorchTest {
  private StoredWeight weight(int out, int in, int... apart) {
    NDArray values = scope.randomNormal(0, 0.05f, new Shape(out, in), DataType.FLOAT32);
    QuantizedWeight rounded = VectorwiseBytes.quantize(torch, scope, values);
    return apart.length == 0
        ? rounded
        : ColumnsApartWeight.of(torch, scope, rounded, values, apart);
  }

  private RunnableLinear prepare(
      Execution execution, List<StoredWeight> weights, OutlierInput scheme) {
    return new LinearPreparer(torch, execution)
        .prepare(
            scope,
            weights,
            Collections.nCopies(weights.size(), null),
            Collections.nCopies(weights.size(), scheme))
        .parts()
        .get(0);
  }

  private NDArray product(RunnableLinear linear, NDArray x) {
    Map<String, NDArray> named = new HashMap<>();
    linear.module().tensors().forEach((name, tensor) -> named.put("linear." + name, tensor));
    try (ScriptModule module = ScriptModule.load(scope, linear.module().object());
        ScriptValue tensors = ScriptValue.tensors(named)) {
      module.run("load", tensors, "linear");
      return torch.tensors().cast(scope, module.call(scope, "forward", x), DType.FLOAT32);
    }
  }

  /** Inputs of which some reach 6, and single ones much more. */
  private NDArray inputs(int rows, int in) {
    NDArray x = scope.randomNormal(0, 1, new Shape(rows, in), DataType.FLOAT32);
    NDArray large = scope.zeros(new Shape(1, in));
    large.set(new NDIndex(0, in / 3), 30);
    large.set(new NDIndex(0, in - 1), -8);
    return x.mul(2).add(rows == 1 ? large : large.repeat(0, rows));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, false",
    "1, 6, true",
    "5, 6, false",
    "64, 6, true",
    "70, 6, false",
    "4, 1e9, false",
    "3, 0.01, false"
  })
  void productsAreThoseOfTheDefinition(int rows, double threshold, boolean half) {
    OutlierInput scheme = new OutlierInput(threshold, half);
    for (StoredWeight weight : List.of(weight(40, 96), weight(33, 70, 0, 23, 69))) {
      NDArray x = inputs(rows, (int) weight.inFeatures());
      for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
        NDArray narrow = torch.tensors().cast(scope, x, type);
        NDArray wide = torch.tensors().cast(scope, narrow, DType.FLOAT32);
        RunnableLinear ours =
            prepare(Execution.packed(torch.device(), type), List.of(weight), scheme);
        RunnableLinear exact =
            prepare(Execution.reference(torch.device()), List.of(weight), scheme);
        assertThat(ours.kernel()).isEqualTo("tiled-outlier-inputs");
        assertThat(ours.simulated()).isFalse();

        NDArray wanted = product(exact, wide);
        double size = wanted.abs().max().getFloat();
        double step = type == DType.FLOAT32 ? 2e-6 : type == DType.FLOAT16 ? 1e-3 : 8e-3;
        assertThat((double) product(ours, narrow).sub(wanted).abs().max().getFloat())
            .as("%s of %s", type, weight.format())
            .isLessThan(step * size);
      }
    }
  }

  /** Which features are outliers depends on all tokens of a call, as published. */
  @Test
  void anOutlierOfOneTokenIsOneForAll() {
    StoredWeight weight = weight(16, 64);
    RunnableLinear linear =
        prepare(
            Execution.packed(torch.device(), DType.FLOAT32),
            List.of(weight),
            new OutlierInput(6, false));
    NDArray x = scope.randomUniform(-1, 1, new Shape(2, 64));
    NDArray alone = product(linear, x.get("0:1"));
    x.set(new NDIndex("1, :"), 20);

    NDArray beside = product(linear, x).get("0:1");

    // Every feature of the second is an outlier: the first is multiplied as it is.
    NDArray exact = x.get("0:1").matMul(weight.dequantize(torch, scope).transpose());
    assertThat(beside.sub(exact).abs().max().getFloat()).isLessThan(1e-5f);
    assertThat(alone.sub(exact).abs().max().getFloat()).isGreaterThan(1e-5f);
  }

  @Test
  void whatIsNoNumberMakesItsTokenNone() {
    RunnableLinear linear =
        prepare(
            Execution.packed(torch.device(), DType.FLOAT32),
            List.of(weight(16, 64)),
            new OutlierInput(6, false));
    NDArray x = scope.ones(new Shape(3, 64));
    x.set(new NDIndex(1, 5), Float.NaN);
    float[] found = product(linear, x).toFloatArray();
    for (int i = 0; i < 16; i++) {
      assertThat(found[i]).isFinite();
      assertThat(found[16 + i]).isNaN();
      assertThat(found[32 + i]).isFinite();
    }
  }

  /** Linears of one input make one product where the same columns are apart. */
  @Test
  void weightsOfOneInputAreJoined() {
    Execution execution = Execution.packed(torch.device(), DType.BFLOAT16);
    OutlierInput scheme = new OutlierInput(6, false);
    List<StoredWeight> alike = List.of(weight(16, 64, 3), weight(24, 64, 3));
    assertThat(prepare(execution, alike, scheme).outFeatures()).isEqualTo(40);
    List<StoredWeight> unlike = List.of(weight(16, 64, 3), weight(24, 64, 4));
    assertThat(prepare(execution, unlike, scheme).outFeatures()).isEqualTo(16);
  }

  /** A token reads a byte a weight, a scale a row, and what is kept of the columns apart. */
  @Test
  void holdsWhatItSays() {
    RunnableLinear linear =
        prepare(
            Execution.packed(torch.device(), DType.BFLOAT16),
            List.of(weight(32, 64, 3, 9)),
            new OutlierInput(6, false));
    assertThat(linear.bytes()).isEqualTo(32 * 64 + 32 * 4 + 2 * 4 + 32 * 2 * 2);
    assertThat(linear.form())
        .isEqualTo(
            "int8 packed, per channel, in tiles, 2 columns in float16, bfloat16 activations");
  }
}
