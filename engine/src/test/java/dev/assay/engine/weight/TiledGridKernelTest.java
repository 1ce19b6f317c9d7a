package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.weight.GridForm.Layout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of the op against the dequantised weights in float32. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
@Tag("slow")
class TiledGridKernelTest extends TorchTest {
  private static final int[] ROWS_OF_INPUT = {1, 2, 3, 4, 5, 7, 64, 65, 130};

  @AfterEach
  void restore() {
    NativeOps.of(torch).atMost(NativeOps.Level.VNNI);
  }

  /** Widths, groups, shapes and zeros of every kind. */
  static Stream<Arguments> grids() {
    List<Arguments> grids = new ArrayList<>();
    int[][] shapes = {{64, 256, 128}, {61, 160, 32}, {1, 72, 8}, {33, 80, 16}, {20, 37, -1}};
    for (int bits = 1; bits <= 8; bits++) {
      for (int[] shape : shapes) {
        grids.add(
            Arguments.of(bits, shape[0], shape[1], shape[2], (bits + shape[0]) % 2 == 0, 0.0));
      }
      grids.add(Arguments.of(bits, 48, 96, 48, false, 0.3125));
    }
    return grids.stream();
  }

  @ParameterizedTest
  @MethodSource("grids")
  void multipliesAsTheValuesDo(
      int bits, int out, int in, int groupSize, boolean symmetric, double shift) {
    QuantizedWeight weight = weight(bits, out, in, groupSize, symmetric, shift);
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
      RunnableLinear linear = prepare(dtype, weight);

      assertThat(linear.kernel()).isEqualTo("tiled-grid");
      assertThat(linear.simulated()).isFalse();
      assertProducts(linear, weight, dtype);
    }
  }

  @ParameterizedTest
  @EnumSource(NativeOps.Level.class)
  void everyProcessorGivesTheSame(NativeOps.Level level) {
    NativeOps.of(torch).atMost(level);
    for (int bits = 1; bits <= 8; bits++) {
      QuantizedWeight weight = weight(bits, 40, 200, 40, bits % 2 == 0, 0);
      assertProducts(prepare(DType.FLOAT32, weight), weight, DType.FLOAT32);
    }
  }

  /** Inputs of a byte: codes of every width, and what is rounded is the inputs alone. */
  @ParameterizedTest
  @EnumSource(NativeOps.Level.class)
  void roundsInputsToBytesWhereAsked(NativeOps.Level level) {
    NativeOps.of(torch).atMost(level);
    KernelRuntime runtime = runtime(DType.FLOAT32, KernelInputs.INT8);
    for (int bits = 1; bits <= 8; bits++) {
      QuantizedWeight weight = weight(bits, 40, 256, 64, bits % 2 == 0, 0);
      List<StoredWeight> parts = List.of(weight);
      assertThat(new TiledGridKernel().accepts(parts, new PlainInput(), runtime)).isTrue();
      RunnableLinear linear =
          new TiledGridKernel().prepare(scope, parts, new PlainInput(), runtime);
      assertThat(linear.rounding()).contains("as integers of 8 bits");
      NDArray values = weight.dequantize(torch, scope);
      for (int rows : ROWS_OF_INPUT) {
        NDArray x = scope.randomNormal(0, 1, new Shape(rows, 256), DataType.FLOAT32);
        assertThat(products().off(linear, values, x, RoundedRuns.toBytes(x)))
            .as("%d bits, %d rows", bits, rows)
            .isLessThan(2e-5f);
      }
    }
  }

  /** Codes of inputs by codes of weights: sums of integers, whatever the number of rows. */
  @ParameterizedTest
  @CsvSource({"8, 8, -1", "8, 4, 128", "6, 3, 32", "4, 8, 8"})
  void multipliesCodesOfTokens(int inputBits, int bits, int group) {
    QuantizedWeight weight = weight(bits, 33, 256, group, true, 0);
    PerTokenInput input = new PerTokenInput(inputBits, true);
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      KernelRuntime runtime = runtime(dtype);
      List<StoredWeight> parts = List.of(weight);
      assertThat(new TiledGridKernel().accepts(parts, input, runtime)).isTrue();
      RunnableLinear linear = new TiledGridKernel().prepare(scope, parts, input, runtime);
      assertThat(linear.simulated()).isFalse();
      for (int rows : ROWS_OF_INPUT) {
        NDArray normal = scope.randomNormal(0, 1, new Shape(rows, 256), DataType.FLOAT32);
        NDArray x = torch.tensors().cast(scope, normal, dtype);
        NDArray wide = torch.tensors().cast(scope, x, DType.FLOAT32);
        NDArray meant = RoundedRuns.onGrid(wide, (1 << (inputBits - 1)) - 1);
        assertThat(products().off(linear, weight.dequantize(torch, scope), x, meant))
            .as("%d rows in %s", rows, dtype)
            .isLessThan(dtype == DType.FLOAT32 ? 2e-5f : 2.5e-2f);
      }
    }
  }

  /** Rules whose codes the op does not round to stay with the modules that do. */
  @Test
  void leavesOtherRulesOfInputs() {
    List<StoredWeight> parts = List.of(weight(8, 16, 64, -1, true, 0));
    KernelRuntime runtime = runtime(DType.BFLOAT16);
    for (IntegerRule rule : IntegerRule.values()) {
      assertThat(new TiledGridKernel().accepts(parts, new PerTokenInput(8, true, rule), runtime))
          .isEqualTo(rule == IntegerRule.SMOOTHQUANT);
    }
    assertThat(new TiledGridKernel().accepts(parts, new PerTokenInput(8, false), runtime))
        .isFalse();
    assertThat(new TiledGridKernel().accepts(parts, new PerTokenInput(16, true), runtime))
        .isFalse();
  }

  /** What a product reads is what is stored. */
  @Test
  void holdsTheBitsOfTheCodesAndNoMore() {
    QuantizedWeight weight = weight(3, 64, 256, 128, false, 0);
    RunnableLinear linear = prepare(DType.BFLOAT16, weight);
    long codes = 64 * 256 * 3 / 8;
    assertThat(linear.bytes()).isEqualTo(codes + 64 * 2 * (Float.BYTES + 1));
    NDArray tiles = linear.module().tensors().get("codes");
    assertThat(tiles).isNotNull();
    assertThat(tiles.getShape().size()).isEqualTo(codes);
    QuantizedWeight middle = weight(3, 64, 256, 128, true, 0);
    assertThat(prepare(DType.BFLOAT16, middle).bytes()).isEqualTo(codes + 64 * 2 * Float.BYTES);
  }

  @Test
  void columnsInAnotherOrderAreFollowed() {
    QuantizedWeight ordered = weight(3, 24, 128, 32, false, 0);
    List<Integer> columns =
        new ArrayList<>(IntStream.range(0, 128).map(i -> i / 32).boxed().toList());
    Collections.shuffle(columns, new Random(4));
    QuantizedWeight shuffled =
        new QuantizedWeight(
            ordered.codes(),
            ordered.scales(),
            ordered.zeros(),
            scope.create(columns.stream().mapToInt(Integer::intValue).toArray()),
            new GridForm(3, 32, false, false, Layout.GPTQ));
    assertProducts(prepare(DType.FLOAT32, shuffled), shuffled, DType.FLOAT32);

    int[] uneven = columns.stream().mapToInt(Integer::intValue).toArray();
    uneven[0] = (uneven[0] + 1) % 4;
    QuantizedWeight other =
        new QuantizedWeight(
            ordered.codes(),
            ordered.scales(),
            ordered.zeros(),
            scope.create(uneven),
            new GridForm(3, 32, false, false, Layout.GPTQ));
    assertThat(TiledGrid.fits(other, torch)).as("groups of uneven length").isFalse();
    assertThat(
            new TiledGridKernel()
                .accepts(List.of(other), new PlainInput(), runtime(DType.BFLOAT16)))
        .isFalse();
  }

  /** Weights of one input may have zeros of both kinds. */
  @Test
  void joinsWholeZerosAndOthers() {
    List<StoredWeight> parts =
        List.of(weight(4, 16, 64, 32, false, 0), weight(4, 16, 64, 32, false, 0.4375));
    RunnableLinear linear =
        new TiledGridKernel().prepare(scope, parts, new PlainInput(), runtime(DType.BFLOAT16));
    NDArray x = scope.randomNormal(0, 1, new Shape(1, 64), DataType.FLOAT32);
    NDArray found = products().alone(linear.module()).call(scope, "forward", x);
    for (int i = 0; i < 2; i++) {
      NDArray exact = x.matMul(parts.get(i).dequantize(torch, scope).transpose());
      NDArray own = found.get(new NDIndex(":, {}:{}", 16 * i, 16 * i + 16));
      assertThat(own.sub(exact).abs().max().getFloat()).isLessThan(1e-3f);
    }
  }

  @Test
  void refusesIdsThatAreNoRows() {
    QuantizedWeight weight = weight(3, 50, 88, 8, false, 0);
    ScriptModule table =
        products().table(weight.table(scope, runtime(DType.BFLOAT16)).orElseThrow());
    assertThatThrownBy(
            () -> table.call(scope, "forward", scope.create(new long[] {50}, new Shape(1, 1))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no row of the table");
  }

  /** Rows of a table are those of the tiles that a head has too. */
  @Test
  void looksUpRows() {
    for (int bits = 1; bits <= 8; bits++) {
      QuantizedWeight weight = weight(bits, 50, 88, 8, bits % 2 == 0, 0);
      KernelRuntime runtime = runtime(DType.FLOAT16);
      RunnableTable table = weight.table(scope, runtime).orElseThrow();
      assertThat(table.kernel()).isEqualTo("tiled-grid-rows");
      ScriptModule module = products().table(table);
      NDArray ids = scope.create(new long[] {49, 0, 17, 16, 49}, new Shape(1, 5));
      NDArray found = module.call(scope, "forward", ids);
      NDArray values = weight.dequantize(torch, scope);
      for (int i = 0; i < 5; i++) {
        NDArray row = values.get(ids.getLong(0, i)).toType(DataType.FLOAT16, false);
        assertThat(found.get(i)).isEqualTo(row);
      }
    }
  }

  /** Nothing of a row without numbers reaches another. */
  @Test
  void whatIsNoNumberStaysInItsRow() {
    QuantizedWeight weight = weight(4, 17, 96, 24, false, 0);
    ScriptModule linear = products().alone(prepare(DType.FLOAT32, weight).module());
    NDArray x = scope.create(new float[2 * 96], new Shape(2, 96));
    x.set(new NDIndex("0, 50"), Float.NaN);
    NDArray found = linear.call(scope, "forward", x);
    assertThat(found.get(0).isNaN().all().getBoolean()).isTrue();
    assertThat(found.get(1).toFloatArray()).containsOnly(0f);
  }

  private QuantizedWeight weight(
      int bits, int out, int in, int groupSize, boolean symmetric, double shift) {
    Random random = new Random(31L * bits + out);
    int group = groupSize < 0 ? in : groupSize;
    int groups = (in + group - 1) / group;
    int levels = 1 << bits;
    int middle = levels / 2;
    byte[] codes = new byte[out * in];
    random.nextBytes(codes);
    for (int i = 0; i < codes.length; i++) {
      codes[i] &= (byte) (levels - 1);
    }
    float[] scales = new float[out * groups];
    float[] zeros = new float[out * groups];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.01f + 0.02f * random.nextFloat();
      zeros[i] = symmetric ? middle : (float) (random.nextInt(levels) + shift);
    }
    NDArray bytes = scope.create(ByteBuffer.wrap(codes), new Shape(out, in), DataType.UINT8);
    return QuantizedWeight.inOrder(
        scope,
        torch.tensors().copy(scope, bytes),
        scope.create(scales, new Shape(out, groups)),
        scope.create(zeros, new Shape(out, groups)),
        new GridForm(
            bits,
            groupSize,
            symmetric,
            true,
            shift == 0 ? Layout.COMPRESSED_TENSORS : Layout.REAL_ZEROS));
  }

  private KernelRuntime runtime(DType dtype) {
    return runtime(dtype, KernelInputs.NATIVE);
  }

  private KernelRuntime runtime(DType dtype, KernelInputs inputs) {
    Execution execution = Execution.packed(torch.device(), dtype, inputs);
    return new KernelRuntime(torch, execution, CpuKernels.detect(torch, execution));
  }

  private RunnableLinear prepare(DType dtype, QuantizedWeight weight) {
    KernelRuntime runtime = runtime(dtype);
    List<StoredWeight> parts = List.of(weight);
    assertThat(TiledGrid.fits(weight, torch)).isTrue();
    return new TiledGridKernel().prepare(scope, parts, new PlainInput(), runtime);
  }

  private void assertProducts(RunnableLinear linear, QuantizedWeight weight, DType dtype) {
    products().assertNear(linear, weight.dequantize(torch, scope), dtype, 0, ROWS_OF_INPUT);
  }

  private KernelProducts products() {
    return new KernelProducts(torch, scope);
  }
}
