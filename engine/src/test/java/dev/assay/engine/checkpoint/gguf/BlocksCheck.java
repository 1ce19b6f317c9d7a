package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors of single blocks, decoded and, where the type is written, encoded. */
public final class BlocksCheck implements GoldenCheck {
  private static final String BYTES = ".bytes";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.rule("values")).isEqualTo("exact");
    float[] x = golden.tensor(scope, "x").toFloatArray();
    for (String tensor : golden.tensors("")) {
      if (tensor.endsWith(BYTES)) {
        String name = tensor.substring(0, tensor.length() - BYTES.length());
        GgmlType type = GgmlType.valueOf(name);
        NDArray bytes = golden.tensor(scope, tensor);
        float[] values = golden.tensor(scope, name + ".dequant").toFloatArray();
        assertThat(GgmlValues.of(torch, scope, type, bytes)).as(name).isEqualTo(values);
        checkEncoded(type, x, bytes.toByteArray());
      }
    }
  }

  private static void checkEncoded(GgmlType type, float[] x, byte[] expected) {
    ByteBuffer bytes = ByteBuffer.allocate(expected.length).order(ByteOrder.LITTLE_ENDIAN);
    if (type.writable()) {
      type.encode(x, bytes);
      assertThat(bytes.array()).as(type.name()).isEqualTo(expected);
    } else {
      assertThatThrownBy(() -> type.encode(x, bytes))
          .as(type.name())
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
