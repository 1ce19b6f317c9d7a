package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of few rows by values of 16 bits, against those in float32. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class DenseRowsTest extends TorchTest {
  private static final int MOST = 8;
  private static final int[] ROWS_OF_INPUT = {1, 2, 3, 4, 5, MOST, MOST + 1, 70};

  @AfterEach
  void restore() {
    NativeOps.of(torch).atMost(NativeOps.Level.VNNI);
  }

  @ParameterizedTest
  @CsvSource({"40, 128", "37, 65", "16, 7", "1, 300", "130, 600"})
  void productsOfAnyShape(int out, int in) {
    for (DType type : List.of(DType.BFLOAT16, DType.FLOAT16)) {
      assertProducts(out, in, type);
    }
  }

  @ParameterizedTest
  @EnumSource(NativeOps.Level.class)
  void everyProcessorGivesTheSame(NativeOps.Level level) {
    NativeOps.of(torch).atMost(level);
    assertProducts(33, 96, DType.BFLOAT16);
    assertProducts(33, 96, DType.FLOAT16);
  }

  @Test
  void otherKernelsRunWhereTheyWereFoundFasterOrValuesAreFloats() {
    NDArray weight = normal(16, 32);
    assertThat(prepare(weight, DType.BFLOAT16, Map.of("bfloat16", "dense")).kernel())
        .isIn("dense", "dense-prepacked");
    assertThat(prepare(weight, DType.BFLOAT16, Map.of("bfloat16", "dense-rows")).kernel())
        .isEqualTo("dense-rows");
    assertThat(prepare(weight, DType.FLOAT32, Map.of()).kernel()).isEqualTo("dense");
    Execution reference = new Execution(torch.device(), DType.BFLOAT16, false, KernelInputs.NATIVE);
    assertThat(
            new LinearPreparer(torch, reference)
                .prepare(scope, List.of(new DenseWeight(weight, DType.FLOAT32)))
                .parts()
                .get(0)
                .kernel())
        .isIn("dense", "dense-prepacked");
  }

  private void assertProducts(int out, int in, DType type) {
    NDArray weight = normal(out, in);
    RunnableLinear linear = prepare(weight, type, Map.of(type.label(), DenseKernel.ROWS));
    assertThat(linear.kernel()).isEqualTo("dense-rows");
    assertThat(linear.form()).endsWith("up to " + MOST + " rows by an op of our own");
    assertThat(linear.bytes()).isEqualTo(2L * out * in);
    NDArray rounded =
        torch.tensors().cast(scope, torch.tensors().cast(scope, weight, type), DType.FLOAT32);
    products().assertNear(linear, rounded, type, 0, ROWS_OF_INPUT);
  }

  private RunnableLinear prepare(NDArray weight, DType type, Map<String, String> kernels) {
    Map<String, Long> rows = Map.of("dense-rows " + type.label(), (long) MOST);
    Execution execution =
        Execution.packed(torch.device(), type)
            .with(new KernelChoices(new TreeMap<>(rows), new TreeMap<>(kernels)));
    return new LinearPreparer(torch, execution)
        .prepare(scope, List.of(new DenseWeight(weight, DType.FLOAT32)))
        .parts()
        .get(0);
  }

  private NDArray normal(int rows, int columns) {
    return scope.randomNormal(0, 1, new Shape(rows, columns), DataType.FLOAT32);
  }

  private KernelProducts products() {
    return new KernelProducts(torch, scope);
  }
}
