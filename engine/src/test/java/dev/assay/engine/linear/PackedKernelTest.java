package dev.assay.engine.linear;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.GridForm.Layout;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Packed weights give what their dequantised values give, for few rows of input and for many. */
class PackedKernelTest extends TorchTest {
  private static final int IN = 256;
  private static final int[] ROWS_OF_INPUT = {1, 3, 4, 5, 64, 65, 130};

  static Stream<Arguments> grids() {
    return Stream.of(
        Arguments.of(4, 32, true, Kernel.INT4_PACKED),
        Arguments.of(4, 32, false, Kernel.INT4_PACKED),
        Arguments.of(4, 64, false, Kernel.INT4_PACKED),
        Arguments.of(4, 128, true, Kernel.INT4_PACKED),
        Arguments.of(4, 128, false, Kernel.INT4_PACKED),
        Arguments.of(4, 256, false, Kernel.INT4_PACKED),
        Arguments.of(4, -1, false, Kernel.INT4_PACKED),
        Arguments.of(8, -1, true, Kernel.INT8_PACKED),
        Arguments.of(8, -1, false, Kernel.INT8_PACKED));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void packedProductsAreThoseOfTheValues(
      int bits, int groupSize, boolean symmetric, Kernel kernel) {
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      QuantizedWeight first = rounded(1, 64, bits, groupSize, symmetric);
      QuantizedWeight second = rounded(2, 32, bits, groupSize, symmetric);

      List<RunnableWeight> prepared = prepare(dtype, List.of(first, second));

      assertThat(prepared).as("joined into one").hasSize(1);
      assertThat(prepared.get(0).kernel()).isEqualTo(kernel);
      assertThat(prepared.get(0).simulated()).isFalse();
      assertThat(prepared.get(0).bytes()).isLessThan(96L * IN * (bits == 4 ? 1 : 2));
      assertProducts(prepared, List.of(first, second), dtype);
    }
  }

  @Test
  void columnsInAnotherOrderAreFollowed() {
    QuantizedWeight ordered = rounded(3, 48, 4, 32, false);
    int[] index = new int[IN];
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < IN; i++) {
      columns.add(i / 32);
    }
    Collections.shuffle(columns, new Random(4));
    for (int i = 0; i < IN; i++) {
      index[i] = columns.get(i);
    }
    QuantizedWeight shuffled =
        new QuantizedWeight(
            ordered.codes(),
            ordered.scales(),
            ordered.zeros(),
            scope.create(index),
            new GridForm(4, 32, false, false, Layout.GPTQ));

    List<RunnableWeight> prepared = prepare(DType.FLOAT32, List.of(shuffled));

    assertThat(prepared.get(0).kernel()).isEqualTo(Kernel.INT4_PACKED);
    assertProducts(prepared, List.of(shuffled), DType.FLOAT32);
  }

  @ParameterizedTest
  @MethodSource("withoutKernels")
  void formsWithoutKernelRunDequantisedAndSaySo(int out, int bits, int groupSize) {
    QuantizedWeight weight = rounded(5, out, bits, groupSize, false);

    List<RunnableWeight> prepared = prepare(DType.BFLOAT16, List.of(weight));

    assertThat(prepared).allMatch(RunnableWeight::simulated);
    assertThat(prepared.get(0).form()).contains("dequantised");
    assertProducts(prepared, List.of(weight), DType.BFLOAT16);
  }

  static Stream<Arguments> withoutKernels() {
    return Stream.of(
        Arguments.of(64, 2, 64),
        Arguments.of(64, 3, 128),
        Arguments.of(64, 8, 64),
        Arguments.of(63, 4, 64),
        Arguments.of(64, 4, 16));
  }

  @Test
  void weightsOfDifferentFormsRunSideBySide() {
    QuantizedWeight four = rounded(6, 64, 4, 64, false);
    QuantizedWeight eight = rounded(7, 32, 8, -1, true);
    DenseWeight dense = new DenseWeight(normal(8, 16, IN), DType.FLOAT32);
    List<StoredWeight> parts = List.of(four, eight, dense);

    List<RunnableWeight> prepared = prepare(DType.FLOAT32, parts);

    assertThat(prepared)
        .extracting(RunnableWeight::kernel)
        .containsExactly(Kernel.INT4_PACKED, Kernel.INT8_PACKED, Kernel.DENSE);
    assertProducts(prepared, parts, DType.FLOAT32);
  }

  private QuantizedWeight rounded(long seed, int out, int bits, int groupSize, boolean symmetric) {
    QuantizedWeight exact =
        RoundToNearest.quantize(
            torch, scope, normal(seed, out, IN), bits, groupSize, symmetric, false);
    return new QuantizedWeight(
        exact.codes(),
        exact.scales().toType(DataType.FLOAT16, true),
        exact.zeros(),
        exact.groupIndex(),
        exact.grid());
  }

  private List<RunnableWeight> prepare(DType dtype, List<? extends StoredWeight> parts) {
    return new WeightPreparer(torch, Execution.packed(dtype)).prepare(scope, List.copyOf(parts));
  }

  private void assertProducts(
      List<RunnableWeight> prepared, List<? extends StoredWeight> parts, DType dtype) {
    NDList values = new NDList();
    parts.forEach(part -> values.add(part.dequantize(torch, scope)));
    NDArray weight = torch.tensors().concatenate(scope, List.copyOf(values), 0);
    long[] limits = new WeightPreparer(torch, Execution.packed(dtype)).limits();
    for (int rows : ROWS_OF_INPUT) {
      NDArray x = torch.tensors().cast(scope, normal(rows, rows, IN), dtype);
      NDArray exact = torch.tensors().cast(scope, x, DType.FLOAT32).matMul(weight.transpose());

      NDArray found = torch.tensors().cast(scope, project(prepared, x, limits), DType.FLOAT32);

      assertThat(found.getShape()).isEqualTo(new Shape(rows, weight.getShape().get(0)));
      NDArray off = found.sub(exact);
      double error = Math.sqrt(off.square().mean().getFloat() / exact.square().mean().getFloat());
      // Of bfloat16's 8 bits one half is lost in inputs, scales and results each.
      assertThat(error)
          .as("%d rows in %s", rows, dtype)
          .isLessThan(dtype == DType.FLOAT32 ? 1e-5 : 1e-2);
    }
  }

  private NDArray project(List<RunnableWeight> prepared, NDArray x, long[] limits) {
    ScriptModule kernels = torch.script(WeightPreparer.class, "kernels.py");
    List<NDArray> tensors = new ArrayList<>();
    long[] forms = new long[7];
    forms[0] = prepared.size();
    for (int i = 0; i < prepared.size(); i++) {
      tensors.addAll(prepared.get(i).slots());
      forms[1 + 2 * i] = prepared.get(i).kernelCode();
      forms[2 + 2 * i] = prepared.get(i).groupSize();
    }
    return kernels.call(scope, "project", x, tensors, 0L, forms, 0L, limits);
  }
}
