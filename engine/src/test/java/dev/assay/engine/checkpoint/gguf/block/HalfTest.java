package dev.assay.engine.checkpoint.gguf.block;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Float16 against libtorch's own conversions. */
class HalfTest extends TorchTest {
  @Test
  void everyHalfHasTheValueThatLibtorchGivesIt() {
    byte[] all = new byte[2 << 16];
    for (int half = 0; half < 1 << 16; half++) {
      all[2 * half] = (byte) half;
      all[2 * half + 1] = (byte) (half >> 8);
    }
    NDArray bytes = scope.create(all).toType(DataType.UINT8, false);
    NDArray halves = torch.tensors().reinterpret(scope, bytes, DType.FLOAT16);
    float[] expected = torch.tensors().floats(halves);

    for (int half = 0; half < 1 << 16; half++) {
      float found = Half.toFloat((short) half);
      assertThat(Float.compare(found, expected[half])).as("%04x", half).isZero();
      if (!Float.isNaN(found)) {
        assertThat(Half.fromFloat(found)).as("%04x", half).isEqualTo((short) half);
      }
    }
  }

  @Test
  void floatsAreRoundedAsLibtorchRoundsThem() {
    Random random = new Random(5);
    float[] values = new float[200_000];
    for (int i = 0; i < values.length; i++) {
      // Exponents from well below the least subnormal to above the greatest half, half-ways too.
      int bits = (95 + random.nextInt(52)) << 23 | random.nextInt(1 << 23);
      bits = i % 3 == 0 ? bits & 0xfffff000 : bits;
      values[i] = Float.intBitsToFloat(i % 2 == 0 ? bits : bits | Integer.MIN_VALUE);
    }
    NDArray halves = torch.tensors().cast(scope, scope.create(values), DType.FLOAT16);
    ByteBuffer expected = torch.tensors().bytes(halves);

    for (int i = 0; i < values.length; i++) {
      assertThat(Half.fromFloat(values[i])).as("%s", values[i]).isEqualTo(expected.getShort(2 * i));
    }
  }
}
