package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.sparse.BitmaskKernel;
import dev.assay.engine.weight.sparse.CsrLinear;
import dev.assay.engine.weight.sparse.SparseForm;
import dev.assay.engine.weight.sparse.SparseWeight;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products by weights without their zeros, against those of all values. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class BitmaskKernelTest extends TorchTest {
  private static final int MOST = 8;
  private static final int[] ROWS_OF_INPUT = {1, 2, 3, 4, 5, MOST, MOST + 1, 64};
  private static final List<DType> TYPES = List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32);

  @AfterEach
  void restore() {
    NativeOps.of(torch).atMost(NativeOps.Level.VNNI);
  }

  @ParameterizedTest
  @CsvSource({"40, 128", "37, 65", "16, 7", "1, 300", "130, 600", "1100, 1000"})
  void productsOfAnyShape(int out, int in) {
    for (DType type : TYPES) {
      assertProducts(SparseForm.BITMASK, pruned(out, in, 0.7f), type);
    }
  }

  @ParameterizedTest
  @EnumSource(NativeOps.Level.class)
  void everyProcessorGivesTheSame(NativeOps.Level level) {
    NativeOps.of(torch).atMost(level);
    for (DType type : TYPES) {
      assertProducts(SparseForm.BITMASK, pruned(33, 96, 0.6f), type);
      assertProducts(SparseForm.CSR, pruned(33, 107, 0.8f), type);
    }
  }

  /** Rows of nothing, and rows of everything. */
  @Test
  void raggedPatterns() {
    float[] rows = new float[40];
    for (int i = 0; i < rows.length; i += 3) {
      rows[i] = 1;
    }
    NDArray some = scope.create(rows, new Shape(40, 1));
    NDArray weight = normal(40, 77).mul(some);
    for (SparseForm form : List.of(SparseForm.BITMASK, SparseForm.CSR)) {
      assertProductsOfZeros(form, weight);
      assertProductsOfZeros(form, weight.mul(0));
    }
  }

  private void assertProductsOfZeros(SparseForm form, NDArray weight) {
    assertProductsOfZeros(form, weight, "dense");
  }

  private void assertProductsOfZeros(SparseForm form, NDArray weight, String columns) {
    RunnableLinear linear =
        prepare(
            List.of(stored(form, weight, DType.FLOAT16)),
            DType.FLOAT16,
            BitmaskKernel.NAME,
            columns);
    for (int rows : ROWS_OF_INPUT) {
      NDArray x = torch.tensors().cast(scope, normal(rows, 77), DType.FLOAT16);
      NDArray wide = torch.tensors().cast(scope, x, DType.FLOAT32);
      NDArray exact = wide.matMul(rounded(weight, DType.FLOAT16).transpose());
      NDArray found =
          torch
              .tensors()
              .cast(
                  scope,
                  products().alone(linear.module()).call(scope, "forward", x),
                  DType.FLOAT32);
      assertThat(found.sub(exact).abs().max().getFloat()).isLessThan(0.05f);
      NDArray zero = exact.eq(0).toType(DataType.FLOAT32, false);
      assertThat(found.mul(zero).abs().max().getFloat()).isZero();
    }
  }

  @Test
  void severalRunAsOne() {
    NDArray first = pruned(24, 64, 0.5f);
    NDArray second = pruned(8, 64, 0.7f);
    RunnableLinear joined =
        prepare(
            List.of(
                stored(SparseForm.BITMASK, first, DType.BFLOAT16),
                stored(SparseForm.CSR, second, DType.BFLOAT16)),
            DType.BFLOAT16,
            BitmaskKernel.NAME);
    assertThat(joined.kernel()).isEqualTo("bitmask");
    NDArray all = first.concat(second, 0);
    products().assertNear(joined, rounded(all, DType.BFLOAT16), DType.BFLOAT16, 0, 1, 9);
  }

  @Test
  void allValuesRunWhereZerosBuyNothing() {
    List<StoredWeight> half =
        List.of(stored(SparseForm.BITMASK, pruned(64, 64, 0.5f), DType.BFLOAT16));
    List<StoredWeight> most =
        List.of(stored(SparseForm.BITMASK, pruned(64, 64, 0.2f), DType.BFLOAT16));
    for (RunnableLinear dense :
        List.of(
            prepare(half, DType.BFLOAT16, "dense"),
            prepare(most, DType.BFLOAT16, BitmaskKernel.NAME))) {
      assertThat(dense.kernel()).startsWith("dense");
      assertThat(dense.simulated()).isFalse();
      assertThat(dense.form()).endsWith("zeros too");
    }
  }

  /** Little enough is left for columns, by any processor and however many rows of input. */
  @ParameterizedTest
  @EnumSource(NativeOps.Level.class)
  void columnsWhereLittleIsLeft(NativeOps.Level level) {
    NativeOps.of(torch).atMost(level);
    for (DType type : TYPES) {
      assertColumns(SparseForm.CSR, pruned(33, 107, 0.92f), type);
      assertColumns(SparseForm.BITMASK, pruned(130, 600, 0.95f), type);
    }
    assertColumns(SparseForm.CSR, pruned(1100, 1000, 0.99f), DType.BFLOAT16);
  }

  private void assertColumns(SparseForm form, NDArray weight, DType type) {
    SparseWeight stored = stored(form, weight, type);
    RunnableLinear linear = prepare(List.of(stored), type, BitmaskKernel.NAME, CsrLinear.NAME);
    assertThat(linear.kernel()).isEqualTo("csr");
    assertThat(linear.simulated()).isFalse();
    assertThat(linear.form())
        .contains("of values with their columns")
        .endsWith("up to " + MOST + " rows by an op of our own");
    assertThat(linear.bytes())
        .isEqualTo(
            stored.values().getShape().size() * (type.bytes() + 2)
                + (stored.outFeatures() + 1) * 8);
    products().assertNear(linear, rounded(weight, type), type, 0, ROWS_OF_INPUT);
  }

  /** Rows of nothing, and of everything, and nothing at all. */
  @Test
  void raggedColumns() {
    float[] rows = new float[40];
    for (int i = 0; i < rows.length; i += 13) {
      rows[i] = 1;
    }
    NDArray weight = normal(40, 77).mul(scope.create(rows, new Shape(40, 1)));
    assertProductsOfZeros(SparseForm.CSR, weight, "csr");
    assertProductsOfZeros(SparseForm.CSR, weight.mul(0), "csr");
  }

  /** What is left says which of the two runs, whatever the form is stored. */
  @ParameterizedTest
  @CsvSource({"0.08, csr, csr", "0.2, csr, bitmask", "0.08, dense, bitmask", "0.7, csr, dense"})
  void theShareThatIsLeftChooses(float share, String timed, String kernel) {
    SparseWeight stored = stored(SparseForm.BITMASK, pruned(64, 128, 1 - share), DType.BFLOAT16);
    assertThat(prepare(List.of(stored), DType.BFLOAT16, BitmaskKernel.NAME, timed).kernel())
        .startsWith(kernel);
  }

  private void assertProducts(SparseForm form, NDArray weight, DType type) {
    SparseWeight stored = stored(form, weight, type);
    RunnableLinear linear = prepare(List.of(stored), type, BitmaskKernel.NAME);
    assertThat(linear.kernel()).isEqualTo("bitmask");
    assertThat(linear.simulated()).isFalse();
    assertThat(linear.form()).endsWith("up to " + MOST + " rows by an op of our own");
    long out = stored.outFeatures();
    long kept = stored.values().getShape().size();
    assertThat(linear.bytes())
        .isEqualTo((kept + 32) * type.bytes() + out * ((stored.inFeatures() + 7) / 8 + 8) + 8);
    products().assertNear(linear, rounded(weight, type), type, 0, ROWS_OF_INPUT);
  }

  private RunnableLinear prepare(List<StoredWeight> parts, DType type, String kernel) {
    return prepare(parts, type, kernel, "dense");
  }

  private RunnableLinear prepare(
      List<StoredWeight> parts, DType type, String kernel, String columns) {
    Map<String, Long> rows =
        Map.of(BitmaskKernel.key(type), (long) MOST, CsrLinear.key(type), (long) MOST);
    Map<String, String> kernels =
        Map.of(BitmaskKernel.key(type), kernel, CsrLinear.key(type), columns);
    Execution execution =
        Execution.packed(torch.device(), type)
            .with(new KernelChoices(new TreeMap<>(rows), new TreeMap<>(kernels)));
    return new LinearPreparer(torch, execution).prepare(scope, parts).parts().get(0);
  }

  private SparseWeight stored(SparseForm form, NDArray weight, DType type) {
    return form.of(torch, scope, torch.tensors().cast(scope, weight, type));
  }

  private NDArray rounded(NDArray weight, DType type) {
    NDArray narrow = torch.tensors().cast(scope, weight, type);
    return torch.tensors().cast(scope, narrow, DType.FLOAT32);
  }

  /** No row of nothing, whose products have no size that they could be held to. */
  private NDArray pruned(int out, int in, float share) {
    NDArray random = scope.randomUniform(0, 1, new Shape(out, in), DataType.FLOAT32);
    random.set(new NDIndex(":, 0"), 1f);
    return normal(out, in).mul(random.gt(share).toType(DataType.FLOAT32, false));
  }

  private NDArray normal(int rows, int columns) {
    return scope.randomNormal(0, 1, new Shape(rows, columns), DataType.FLOAT32);
  }

  private KernelProducts products() {
    return new KernelProducts(torch, scope);
  }
}
