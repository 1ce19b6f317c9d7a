package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;
import dev.assay.engine.weight.GridForm.Layout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Packed weights give what their dequantised values give by libtorch's kernels, for few rows of
 * input and for many.
 */
class PackedKernelTest extends TorchTest {
  private static final int IN = 256;

  /** Of both weights. */
  private static final long ROWS = 64 + 32;

  private static final int[] ROWS_OF_INPUT = {1, 3, 4, 5, 64, 65, 130};

  static Stream<Arguments> grids() {
    return Stream.of(
        Arguments.of(4, 32, true, "int4pack"),
        Arguments.of(4, 32, false, "int4pack"),
        Arguments.of(4, 64, false, "int4pack"),
        Arguments.of(4, 128, true, "int4pack"),
        Arguments.of(4, 128, false, "int4pack"),
        Arguments.of(4, 256, false, "int4pack"),
        Arguments.of(4, -1, false, "int4pack"),
        Arguments.of(8, -1, true, "int8pack"),
        Arguments.of(8, -1, false, "int8pack"));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void packedProductsAreThoseOfTheValues(
      int bits, int groupSize, boolean symmetric, String kernel) {
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      QuantizedWeight first = rounded(1, 64, bits, groupSize, symmetric);
      QuantizedWeight second = rounded(2, 32, bits, groupSize, symmetric);

      LinearPreparer.Prepared prepared = prepare(dtype, List.of(first, second));

      assertThat(prepared.parts()).as("joined into one").hasSize(1);
      assertThat(prepared.parts().get(0).kernel()).isEqualTo(kernel);
      assertThat(prepared.parts().get(0).simulated()).isFalse();
      assertThat(prepared.parts().get(0).bytes())
          .isEqualTo(bits == 4 ? int4Bytes(groupSize, dtype) : int8Bytes(symmetric, dtype));
      assertProducts(prepared, List.of(first, second), dtype);
    }
  }

  /** Codes of half a byte, and of each group and row a scale and a zero; at most 256 a group. */
  private static long int4Bytes(int groupSize, DType dtype) {
    int group = groupSize < 0 ? IN : groupSize;
    return ROWS * IN / 2 + ROWS * (IN / group) * 2 * dtype.bytes();
  }

  /** Codes of a byte, and of each row a scale, on an asymmetric grid a correction too. */
  private static long int8Bytes(boolean symmetric, DType dtype) {
    return ROWS * IN + ROWS * (symmetric ? 1 : 2) * dtype.bytes();
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

    LinearPreparer.Prepared prepared = prepare(DType.FLOAT32, List.of(shuffled));

    assertThat(prepared.parts().get(0).kernel()).isEqualTo("int4pack");
    assertProducts(prepared, List.of(shuffled), DType.FLOAT32);
  }

  /** Every width, groups of any size, rows that no other kernel takes. */
  @ParameterizedTest
  @MethodSource("anyGrids")
  void gridsOfAnyKindAreDequantisedAtEachCall(int out, int bits, int groupSize, boolean symmetric) {
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      QuantizedWeight weight = rounded(5, out, bits, groupSize, symmetric);

      LinearPreparer.Prepared prepared = prepare(dtype, List.of(weight));

      RunnableLinear linear = prepared.parts().get(0);
      assertThat(linear.kernel()).isEqualTo("grid");
      assertThat(linear.simulated()).isFalse();
      assertThat(linear.form()).contains("int" + bits, "dequantised at each call");
      long groups = weight.scales().getShape().get(1);
      assertThat(linear.bytes())
          .as("codes, scales in 16 bits, zeros in 8, the group of each column")
          .isEqualTo(out * ((long) IN * bits / 8) + out * groups * 3 + IN * 4);
      assertProducts(prepared, List.of(weight), dtype);
    }
  }

  static Stream<Arguments> anyGrids() {
    return Stream.of(
        Arguments.of(64, 1, 32, false),
        Arguments.of(64, 2, 64, false),
        Arguments.of(63, 2, 60, true),
        Arguments.of(64, 3, 128, false),
        Arguments.of(61, 3, 48, false),
        Arguments.of(64, 5, -1, false),
        Arguments.of(64, 6, 100, true),
        Arguments.of(33, 7, 32, false),
        Arguments.of(64, 8, 64, false),
        Arguments.of(63, 4, 64, false),
        Arguments.of(64, 4, 16, false));
  }

  @Test
  void rowsOfCodesThatEndWithinAByteAreRead() {
    for (int bits : new int[] {1, 2, 3, 5, 6, 7}) {
      QuantizedWeight weight =
          RoundToNearest.quantize(torch, scope, normal(bits, 5, 37), bits, 8, false, false);

      RunnableLinear linear = prepare(DType.FLOAT32, List.of(weight)).parts().get(0);

      NDArray x = torch.tensors().cast(scope, normal(1, 3, 37), DType.FLOAT32);
      NDArray exact = x.matMul(weight.dequantize(torch, scope).transpose());
      NDArray found = alone(linear.module()).call(scope, "forward", x);
      assertThat(found.sub(exact).abs().max().getFloat()).as("%d bits", bits).isLessThan(1e-4f);
    }
  }

  @Test
  void zerosOfAnyValueAndGroupsInAnyOrderRunPacked() {
    QuantizedWeight whole = rounded(9, 40, 3, 32, false);
    int[] index = new int[IN];
    for (int i = 0; i < IN; i++) {
      index[i] = i % 8;
    }
    QuantizedWeight weight =
        new QuantizedWeight(
            whole.codes(),
            whole.scales(),
            whole.zeros().add(0.3125f),
            scope.create(index),
            new GridForm(3, 32, false, false, Layout.REAL_ZEROS));

    LinearPreparer.Prepared prepared = prepare(DType.FLOAT32, List.of(weight));

    assertThat(prepared.parts().get(0).kernel()).isEqualTo("grid");
    assertThat(prepared.parts().get(0).simulated()).isFalse();
    assertProducts(prepared, List.of(weight), DType.FLOAT32);
  }

  @Test
  void weightsOfDifferentFormsRunSideBySide() {
    QuantizedWeight four = rounded(6, 64, 4, 64, false);
    QuantizedWeight eight = rounded(7, 32, 8, -1, true);
    DenseWeight dense = new DenseWeight(normal(8, 16, IN), DType.FLOAT32);
    List<StoredWeight> parts = List.of(four, eight, dense);

    LinearPreparer.Prepared prepared = prepare(DType.FLOAT32, parts);

    assertThat(prepared.parts())
        .extracting(RunnableLinear::kernel)
        .containsExactly("int4pack", "int8pack", "dense");
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

  private LinearPreparer.Prepared prepare(DType dtype, List<? extends StoredWeight> parts) {
    Execution execution = Execution.packed(torch.device(), dtype);
    return new LinearPreparer(
            new KernelRuntime(torch, execution, CpuKernels.detect(torch, execution)),
            false,
            List.of(new Int4PackKernel(), new Int8PackKernel(), new GridKernel()))
        .prepare(scope, List.copyOf(parts));
  }

  private void assertProducts(
      LinearPreparer.Prepared prepared, List<? extends StoredWeight> parts, DType dtype) {
    NDList values = new NDList();
    parts.forEach(part -> values.add(part.dequantize(torch, scope)));
    NDArray weight = torch.tensors().concatenate(scope, List.copyOf(values), 0);
    ScriptModule linear = alone(prepared.module());
    for (int rows : ROWS_OF_INPUT) {
      NDArray x = torch.tensors().cast(scope, normal(rows, rows, IN), dtype);
      NDArray exact = torch.tensors().cast(scope, x, DType.FLOAT32).matMul(weight.transpose());

      NDArray found = torch.tensors().cast(scope, linear.call(scope, "forward", x), DType.FLOAT32);

      assertThat(found.getShape()).isEqualTo(new Shape(rows, weight.getShape().get(0)));
      NDArray off = found.sub(exact);
      double error = Math.sqrt(off.square().mean().getFloat() / exact.square().mean().getFloat());
      // Of bfloat16's 8 bits one half is lost in inputs, scales and results each.
      assertThat(error)
          .as("%d rows in %s", rows, dtype)
          .isLessThan(dtype == DType.FLOAT32 ? 1e-5 : 1e-2);
    }
  }

  private ScriptModule alone(ModuleNode linear) {
    ModuleNode root =
        new ModuleNode(ScriptClass.of(PackedKernelTest.class, "alone.Alone"))
            .with("linear", linear);
    ScriptModule module = ScriptModule.load(scope, root.object());
    try (ScriptValue tensors = ScriptValue.tensors(root.tensors())) {
      module.run("load", tensors);
    }
    return module;
  }
}
