package dev.assay.engine.hadamard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.TorchTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HadamardMatrixTest extends TorchTest {
  @ParameterizedTest
  @CsvSource({
    "44, 'found 44, expected a power of two'",
    "200, 'found 200 = 40 · 5, expected a power of two'",
    "176, found 176",
    "0, found 0",
    "3, found 3"
  })
  void sizesWithoutMatrixAreRefused(int size, String said) {
    assertThat(HadamardMatrix.exists(size)).isFalse();
    assertThatThrownBy(() -> HadamardMatrix.of(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "4096, 1", "240, 60", "11008, 172", "13824, 108", "14336, 28", "320, 40"})
  void theFirstOrderThatDividesIsTaken(int size, int order) {
    assertThat(HadamardMatrix.exists(size)).isTrue();
    assertThat(HadamardMatrix.of(size).order()).isEqualTo(order);
  }

  /** Across heads of width 4: each position's vector of 12 values by itself. */
  @Test
  void aStrideMixesWhatLiesApart() {
    HadamardMatrix matrix = HadamardMatrix.of(12);
    NDArray x = normal(1, 3, 48).toType(DataType.FLOAT64, true);

    NDArray strided = matrix.multiply(torch, scope, x, 4);

    NDArray apart = x.reshape(3, 12, 4).transpose(0, 2, 1).reshape(12, 12);
    NDArray expected =
        matrix.multiply(torch, scope, apart, 1).reshape(3, 4, 12).transpose(0, 2, 1).reshape(3, 48);
    assertThat(strided.sub(expected).abs().max().getDouble()).isCloseTo(0, within(1e-14));
  }
}
