package dev.assay.engine.weight.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormat;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights without their zeros: the same to the last bit, in the bytes that are counted. */
class SparseWeightTest extends TorchTest {
  private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);

  @ParameterizedTest
  @EnumSource(SparseForm.class)
  void everyShapeAndPatternComesBack(SparseForm form) {
    for (int in : new int[] {4, 12, 64, 100}) {
      for (DType type : TYPES) {
        for (double kept : new double[] {0, 0.02, 0.3, 0.5}) {
          assertComesBack(form, weight(7, in, kept, type));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SparseForm.class,
      names = {"BITMASK", "CSR"})
  void soDoRaggedRowsAndFullOnes(SparseForm form) {
    for (DType type : TYPES) {
      for (int in : new int[] {1, 7, 9, 33}) {
        assertComesBack(form, weight(5, in, 1, type));
        assertComesBack(form, weight(1, in, 0.6, type));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SparseForm.class)
  void rowsAndPartsAreThoseOfTheValues(SparseForm form) {
    NDArray whole = weight(9, 16, 0.4, DType.BFLOAT16);
    SparseWeight weight = form.of(torch, scope, whole);
    long[] some = {8, 0, 3};
    NDArray wanted = WeightRows.select(torch, scope, whole, some);
    Bits.assertSame(torch, "rows", weight.rows(torch, scope, some).whole(torch, scope), wanted);

    StoredWeight first = weight.rows(torch, scope, LongStream.range(0, 4).toArray());
    StoredWeight rest = weight.rows(torch, scope, LongStream.range(4, 9).toArray());
    long[] places = {0, 2, 4, 6, 8, 1, 3, 5, 7};
    SparseWeight joined = ((SparseWeight) first).joined(torch, scope, List.of(first, rest), places);
    NDArray back = WeightRows.select(torch, scope, joined.whole(torch, scope), places);
    Bits.assertSame(torch, "joined", back, whole);
  }

  @Test
  void aZeroOfEitherSignIsOne() {
    NDArray values = scope.create(new float[] {-0f, 1.5f, 0f, -2f}, new Shape(1, 4));
    for (SparseForm form : SparseForm.values()) {
      SparseWeight weight = form.of(torch, scope, values);
      assertThat(weight.products(torch, scope)).isEqualTo(2);
      NDArray bits = torch.tensors().reinterpret(scope, weight.whole(torch, scope), DType.INT32);
      assertThat(bits.toIntArray())
          .containsExactly(0, Float.floatToIntBits(1.5f), 0, Float.floatToIntBits(-2f));
    }
  }

  @Test
  void theSmallestFormDependsOnWhatIsLeft() {
    DType type = DType.BFLOAT16;
    long out = 64;
    long in = 1024;
    long all = out * in;
    assertThat(SparseForm.TWO_OF_FOUR.bytes(out, in, 0, type)).isEqualTo(all + all / 8);
    assertThat(SparseForm.BITMASK.bytes(out, in, all / 2, type)).isEqualTo(all + all / 8);
    assertThat(SparseForm.BITMASK.bytes(out, in, all * 15 / 16, type)).isEqualTo(2 * all);
    assertThat(SparseForm.CSR.bytes(out, in, all / 32, type))
        .isLessThan(SparseForm.BITMASK.bytes(out, in, all / 32, type));
    assertThat(SparseForm.CSR.bytes(out, in, all / 10, type))
        .isGreaterThan(SparseForm.BITMASK.bytes(out, in, all / 10, type));
    // Columns beyond 16 bits take twice as many.
    assertThat(SparseForm.CSR.bytes(1, 65536, 100, type)).isEqualTo(100 * 6 + 8);
  }

  @Test
  void moreThanTwoOfFourIsRefused() {
    NDArray three = scope.create(new float[] {1, 2, 3, 0}, new Shape(1, 4));
    assertThat(SparseForm.TWO_OF_FOUR.misfit(torch, three).orElseThrow())
        .isEqualTo("found four columns of a row with 3 values that are not 0, expected at most 2");
    assertThatThrownBy(() -> TwoOfFourWeight.of(torch, scope, three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with 3 values");
    NDArray ragged = scope.zeros(new Shape(2, 6));
    assertThat(SparseForm.TWO_OF_FOUR.misfit(torch, ragged).orElseThrow())
        .isEqualTo("found 6 columns, expected a multiple of 4");
  }

  @Test
  void damagedTensorsAreRefused() {
    NDArray whole = weight(4, 16, 0.4, DType.FLOAT16);
    assertRefused(
        BitmaskWeight.of(torch, scope, whole),
        Map.of("bitmask", torch.tensors().cast(scope, scope.zeros(new Shape(4, 2)), DType.UINT8)),
        "bitmask: found 0 bits that are set");
    NDArray narrow = weight(4, 12, 0.5, DType.FLOAT16);
    BitmaskWeight ragged = BitmaskWeight.of(torch, scope, narrow);
    byte[] bytes = ragged.bitmask().toByteArray();
    bytes[1] |= (byte) 0x80;
    assertRefused(
        ragged,
        Map.of("bitmask", unsigned(bytes, new Shape(4, 2))),
        "1 of them behind the last column");
    TwoOfFourWeight pairs = TwoOfFourWeight.of(torch, scope, whole);
    assertRefused(
        pairs,
        Map.of("metadata", unsigned(new byte[8], pairs.metadata().getShape())),
        "metadata: found two values of one four in columns that do not ascend");
    CsrWeight csr = CsrWeight.of(torch, scope, whole);
    int[] columns = csr.columns().toIntArray();
    columns[0] = 16;
    assertRefused(csr, Map.of("col_indices", scope.create(columns)), "columns: expected them");
    int[] offsets = csr.offsets().toIntArray();
    offsets[4]++;
    assertRefused(csr, Map.of("crow_indices", scope.create(offsets)), "offsets: expected them");
  }

  @Test
  void operandsOfTheKernelFillTiles() {
    for (DType type : List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.INT8)) {
      boolean pairs = type == DType.FLOAT32;
      NDArray whole = pattern(64, 128, pairs ? 2 : 4, type);
      Cutlass24 found = Cutlass24.of(torch, scope, whole);
      Bits.assertSame(torch, type.label(), found.whole(torch, scope), whole);
    }
    assertThatThrownBy(() -> Cutlass24.of(torch, scope, weight(33, 64, 0, DType.FLOAT16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected rows by 32 and columns by 32");
    assertThatThrownBy(() -> Cutlass24.of(torch, scope, weight(32, 64, 1, DType.FLOAT16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 4 of 4 columns of a row that are not 0, expected at most 2");
  }

  private NDArray unsigned(byte[] bytes, Shape shape) {
    return torch.tensors().reinterpret(scope, scope.create(bytes, shape), DType.UINT8);
  }

  private void assertRefused(SparseWeight weight, Map<String, NDArray> damaged, String message) {
    WeightFormat<?> format = WeightFormats.load().of(weight);
    Map<String, NDArray> tensors = new TreeMap<>(format.packed(torch, scope, weight));
    tensors.putAll(damaged);
    assertThatThrownBy(() -> format.unpack(torch, scope, tensors, format.entryOf(weight)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private void assertComesBack(SparseForm form, NDArray whole) {
    String what = form + " " + whole.getShape() + " " + torch.tensors().typeOf(whole);
    SparseWeight weight = form.of(torch, scope, whole);
    Bits.assertSame(torch, what, weight.whole(torch, scope), whole);
    assertThat(weight.outFeatures()).isEqualTo(whole.getShape().get(0));
    assertThat(weight.inFeatures()).isEqualTo(whole.getShape().get(1));
    NDArray wide = torch.tensors().cast(scope, whole, DType.FLOAT32);
    assertThat(weight.dequantize(torch, scope)).isEqualTo(wide);
    long nonzero = wide.countNonzero().getLong();
    assertThat(weight.products(torch, scope)).as(what).isEqualTo(nonzero);

    WeightFormat<?> format = WeightFormats.load().of(weight);
    Map<String, NDArray> tensors = format.packed(torch, scope, weight);
    long bytes =
        tensors.values().stream()
            .mapToLong(each -> each.getShape().size() * torch.tensors().typeOf(each).bytes())
            .sum();
    assertThat(weight.storedBytes()).as(what).isEqualTo(bytes);
    StoredWeight read = format.unpack(torch, scope, tensors, format.entryOf(weight));
    assertThat(SparseForm.ofFormat(read.format())).contains(form);
    Bits.assertSame(torch, what, ((SparseWeight) read).whole(torch, scope), whole);
  }

  /** With zeros, and where it can be at most two of four; at most that share of others. */
  private NDArray weight(int out, int in, double kept, DType type) {
    Random random = new Random(out * 31L + in);
    float[] values = new float[out * in];
    for (int i = 0; i < values.length; i++) {
      boolean pattern = in % 4 != 0 || kept == 1 || i % 4 == i / 4 % 4 || i % 4 == 3 - i / 4 % 4;
      values[i] = pattern && random.nextDouble() < 2 * kept ? (float) random.nextGaussian() : 0;
    }
    return torch.tensors().cast(scope, scope.create(values, new Shape(out, in)), type);
  }

  /** Half of each run. */
  private NDArray pattern(int out, int in, int run, DType type) {
    Random random = new Random(5);
    float[] values = new float[out * in];
    for (int at = 0; at < values.length; at += run) {
      for (int kept = 0; kept < run / 2; kept++) {
        values[at + random.nextInt(run)] = 1 + random.nextInt(100);
      }
    }
    return torch.tensors().cast(scope, scope.create(values, new Shape(out, in)), type);
  }
}
