package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products by codes into tables against the dequantised weights in float32. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class TiledCodebookKernelTest extends TorchTest {
  private static final int[] ROWS_OF_INPUT = {1, 2, 4, 5, 64, 65};

  @AfterEach
  void restore() {
    NativeOps.of(torch).atMost(NativeOps.Level.VNNI);
  }

  @ParameterizedTest
  @CsvSource({
    "NF4, 40, 128, 64, 0",
    "NF4, 37, 64, 64, 256",
    "FP4, 16, 160, 32, 0",
    "FP4, 33, 72, 8, 4",
    "NF4, 6, 32, 64, 0",
    "NF4, 7, 24, 48, 0"
  })
  void codebooks(Codebook table, int out, int in, int block, int nested) {
    StoredWeight weight =
        CodebookWeight.quantize(torch, scope, weight(out, in), table, block, nested, DType.FLOAT32);
    assertProducts(weight);
  }

  @ParameterizedTest
  @CsvSource({"40, 128", "17, 32", "5, 40"})
  void microscaled(int out, int in) {
    assertProducts(mxfp4(out, in));
  }

  @ParameterizedTest
  @EnumSource(Nvfp4Weight.Rule.class)
  void nvfp4(Nvfp4Weight.Rule rule) {
    NDArray values = weight(40, 80);
    assertProducts(Nvfp4Weight.quantize(torch, scope, values, values.abs().max().getFloat(), rule));
  }

  @ParameterizedTest
  @EnumSource(NativeOps.Level.class)
  void everyProcessorGivesTheSame(NativeOps.Level level) {
    NativeOps.of(torch).atMost(level);
    assertProducts(mxfp4(40, 96));
    assertProducts(
        CodebookWeight.quantize(torch, scope, weight(33, 128), Codebook.NF4, 64, 0, DType.FLOAT32));
  }

  /** Values of few steps take inputs of a byte, the others keep 16 bits. */
  @Test
  void bytesWhereTheyAreAskedForAndServe() {
    NDArray x = scope.randomNormal(0, 1, new Shape(9, 128), DataType.FLOAT32);
    StoredWeight few = mxfp4(40, 128);
    RunnableLinear narrow = prepare(DType.FLOAT32, few, KernelInputs.INT8);
    assertThat(narrow.rounding()).contains("as integers of 8 bits");
    NDArray values = few.dequantize(torch, scope);
    assertThat(products().off(narrow, values, x, RoundedRuns.toBytes(x))).isLessThan(1e-5f);
    assertThat(products().off(narrow, values, x, x)).isBetween(1e-3f, 1e-1f);

    StoredWeight many =
        CodebookWeight.quantize(torch, scope, weight(40, 128), Codebook.NF4, 64, 0, DType.FLOAT32);
    RunnableLinear wide = prepare(DType.FLOAT32, many, KernelInputs.INT8);
    assertThat(wide.rounding().orElseThrow()).contains("as integers of 16 bits");
    assertThat(products().off(wide, many.dequantize(torch, scope), x, x)).isLessThan(1e-3f);
  }

  /** What a product reads is what is stored, but for scales of scales, which are read as halves. */
  @Test
  void holdsWhatIsStored() {
    StoredWeight mx = mxfp4(64, 256);
    assertThat(prepare(DType.BFLOAT16, mx, KernelInputs.NATIVE).bytes())
        .isEqualTo(mx.storedBytes() + TABLE_BYTES);
    NDArray values = weight(64, 256);
    CodebookWeight plain =
        CodebookWeight.quantize(torch, scope, values, Codebook.NF4, 64, 0, DType.FLOAT32);
    assertThat(prepare(DType.BFLOAT16, plain, KernelInputs.NATIVE).bytes())
        .isEqualTo(plain.storedBytes() - plain.described().bytes());
    float greatest = values.abs().max().getFloat();
    StoredWeight nv =
        Nvfp4Weight.quantize(torch, scope, values, greatest, Nvfp4Weight.Rule.COMPRESSED_TENSORS);
    assertThat(prepare(DType.BFLOAT16, nv, KernelInputs.NATIVE).bytes())
        .isEqualTo(nv.storedBytes() - Float.BYTES + TABLE_BYTES);
    StoredWeight nested =
        CodebookWeight.quantize(torch, scope, values, Codebook.NF4, 64, 256, DType.FLOAT32);
    assertThat(prepare(DType.BFLOAT16, nested, KernelInputs.NATIVE).bytes())
        .isEqualTo(64 * 256 / 2 + 64 * 4 * 2 + TABLE_BYTES);
  }

  private static final int TABLE_BYTES = TabledWeight.TABLE * Float.BYTES;

  @Test
  void blocksThatCutRowsAreLeftToOthers() {
    StoredWeight weight =
        CodebookWeight.quantize(torch, scope, weight(8, 40), Codebook.NF4, 64, 0, DType.FLOAT32);
    assertThat(weight.tabled()).isEmpty();
    assertThat(accepted(weight, DType.BFLOAT16)).isFalse();
    StoredWeight wide = mxfp4(8, 64);
    assertThat(accepted(wide, DType.FLOAT32)).as("in float32").isFalse();
    assertThat(accepted(wide, DType.BFLOAT16)).isTrue();
  }

  /** Weights of one input run as one. */
  @Test
  void joins() {
    List<StoredWeight> parts = List.of(mxfp4(16, 64), mxfp4(24, 64));
    RunnableLinear linear =
        new TiledCodebookKernel()
            .prepare(scope, parts, new PlainInput(), runtime(DType.BFLOAT16, KernelInputs.NATIVE));
    NDArray values =
        torch
            .tensors()
            .concatenate(
                scope, parts.stream().map(part -> part.dequantize(torch, scope)).toList(), 0);
    products().assertNear(linear, values, DType.BFLOAT16, 0, 1, 3);
  }

  @Test
  void looksUpRows() {
    StoredWeight weight = mxfp4(50, 96);
    RunnableTable table =
        weight.table(scope, runtime(DType.FLOAT16, KernelInputs.NATIVE)).orElseThrow();
    assertThat(table.kernel()).isEqualTo("tiled-codebook-rows");
    NDArray ids = scope.create(new long[] {49, 0, 17}, new Shape(1, 3));
    NDArray found = products().table(table).call(scope, "forward", ids);
    NDArray values = weight.dequantize(torch, scope);
    for (int i = 0; i < 3; i++) {
      assertThat(found.get(i))
          .isEqualTo(values.get(ids.getLong(0, i)).toType(DataType.FLOAT16, false));
    }
  }

  private KernelProducts products() {
    return new KernelProducts(torch, scope);
  }

  private NDArray weight(int out, int in) {
    return scope.randomNormal(0, 0.05f, new Shape(out, in), DataType.FLOAT32);
  }

  private MicroscaledWeight mxfp4(int out, int in) {
    return MicroscaledWeight.quantize(
        torch,
        scope,
        weight(out, in),
        new MicroscaledWeight.Rounding(ElementFormat.E2M1, SharedExponent.FLOOR, 0, false));
  }

  private KernelRuntime runtime(DType dtype, KernelInputs inputs) {
    Execution execution = Execution.packed(torch.device(), dtype, inputs);
    return new KernelRuntime(torch, execution, CpuKernels.detect(torch, execution));
  }

  private boolean accepted(StoredWeight weight, DType dtype) {
    return new TiledCodebookKernel()
        .accepts(List.of(weight), new PlainInput(), runtime(dtype, KernelInputs.NATIVE));
  }

  private RunnableLinear prepare(DType dtype, StoredWeight weight, KernelInputs inputs) {
    return new TiledCodebookKernel()
        .prepare(scope, List.of(weight), new PlainInput(), runtime(dtype, inputs));
  }

  private void assertProducts(StoredWeight weight) {
    NDArray values = weight.dequantize(torch, scope);
    boolean isExact = weight.codebook().map(TiledCodebookKernelTest::isExact).orElse(true);
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
      RunnableLinear linear = prepare(dtype, weight, KernelInputs.NATIVE);
      assertThat(linear.kernel()).isEqualTo("tiled-codebook");
      assertThat(linear.simulated()).isFalse();
      products().assertNear(linear, values, dtype, isExact ? 0 : 2e-3f, ROWS_OF_INPUT);
    }
  }

  /** The values of NF4 are the nearest of 2047 steps, scales of scales are halves. */
  private static boolean isExact(CodebookWeight weight) {
    return weight.described().table() != Codebook.NF4
        && weight.scales() instanceof BlockScales.Plain;
  }
}
