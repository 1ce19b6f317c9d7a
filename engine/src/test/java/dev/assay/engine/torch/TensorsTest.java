package dev.assay.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorsTest {
  private TorchSession torch;
  private NDManager scope;

  @BeforeEach
  void open() {
    torch = TorchSession.open(TorchDevice.CPU, 1);
    scope = torch.manager().newSubManager();
  }

  @AfterEach
  void close() {
    torch.close();
  }

  @Test
  void bfloat16RoundsHalfToEven() {
    NDArray half =
        torch
            .tensors()
            .cast(scope, Tensors.of(scope, new float[] {1.00390625f}, 1), DType.BFLOAT16);

    assertThat(torch.tensors().typeOf(half)).isEqualTo(DType.BFLOAT16);
    assertThat(torch.tensors().floats(half)).containsExactly(1.0f);
  }

  @Test
  void bytesOfBfloat16AreTheUpperHalfOfFloat32() {
    NDArray x =
        torch.tensors().cast(scope, Tensors.of(scope, new float[] {1f, -2f}, 2), DType.BFLOAT16);

    ByteBuffer bytes = torch.tensors().bytes(x);

    assertThat(bytes.getShort()).isEqualTo((short) (Float.floatToIntBits(1f) >>> 16));
    assertThat(bytes.getShort()).isEqualTo((short) (Float.floatToIntBits(-2f) >>> 16));
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void mapsAFileWithoutCopy(@TempDir Path directory) throws Exception {
    ByteBuffer content = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      content.putFloat(i);
    }
    Path file = Files.write(directory.resolve("x.bin"), content.array());

    NDArray flat = torch.tensors().map(scope, file, 6, DType.FLOAT32);
    NDArray part = torch.tensors().slice(scope, flat, 2, new Shape(2, 2));

    assertThat(part.toFloatArray()).containsExactly(2, 3, 4, 5);
  }

  @Test
  void concatenatesAndSelects() {
    NDArray x = Tensors.of(scope, new float[] {1, 2, 3, 4}, 2, 2);
    NDArray both = torch.tensors().concatenate(scope, List.of(x, x), 0);

    assertThat(both.getShape()).isEqualTo(new Shape(4, 2));
    assertThat(
            torch.tensors().selectColumns(scope, x, scope.create(new long[] {1, 0})).toFloatArray())
        .containsExactly(2, 1, 4, 3);
  }

  @Test
  void notANumberIsNotFinite() {
    assertThat(torch.tensors().isFinite(Tensors.of(scope, new float[] {1, 2}, 2))).isTrue();
    assertThat(torch.tensors().isFinite(Tensors.of(scope, new float[] {1, Float.NaN}, 2)))
        .isFalse();
  }

  @Test
  void badScriptSaysWhy() {
    assertThatThrownBy(
            () ->
                ScriptModule.compile(
                    scope, "def f(self, x: Tensor) -> Tensor:\n  return torch.nonsense(x)\n"))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("nonsense");
  }
}
