package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows encoded to blocks, with and without an importance of their columns, and decoded; of the
 * decoded values a golden may hold the first of each row.
 */
public final class BlocksCheck implements GoldenCheck {
  private static final String BYTES = ".bytes";
  private static final String WEIGHTED = ".imatrix";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.rule("values")).isEqualTo("exact");
    float[] x = golden.tensor(scope, "x").toFloatArray();
    for (String tensor : golden.tensors("")) {
      if (tensor.endsWith(BYTES)) {
        String name = tensor.substring(0, tensor.length() - BYTES.length());
        NDArray bytes = golden.tensor(scope, tensor);
        boolean weighted = name.endsWith(WEIGHTED);
        String plain = name.replace(WEIGHTED, "");
        float[] importance = weighted ? golden.tensor(scope, "imatrix").toFloatArray() : null;
        checkEncoded(GgmlType.valueOf(plain), x, importance, name, bytes.toByteArray());
        if (!weighted) {
          checkDecoded(torch, scope, plain, bytes, golden.tensor(scope, plain + ".dequant"));
        }
      }
    }
  }

  private static void checkDecoded(
      TorchSession torch, NDManager scope, String name, NDArray bytes, NDArray expected) {
    float[] all = GgmlValues.of(torch, scope, GgmlType.valueOf(name), bytes);
    int rows = (int) expected.getShape().get(0);
    int kept = (int) expected.getShape().get(1);
    for (int row = 0; row < rows; row++) {
      int from = row * all.length / rows;
      assertThat(Arrays.copyOfRange(all, from, from + kept))
          .as("%s, row %d", name, row)
          .isEqualTo(expected.get(row).toFloatArray());
    }
  }

  private static void checkEncoded(
      GgmlType type, float[] x, float @Nullable [] importance, String name, byte[] expected) {
    ByteBuffer bytes = ByteBuffer.allocate(expected.length).order(ByteOrder.LITTLE_ENDIAN);
    type.encode(x, importance, bytes);
    for (int at = 0; at < expected.length; at += type.blockBytes()) {
      assertThat(Arrays.copyOfRange(bytes.array(), at, at + type.blockBytes()))
          .as("%s, block %d", name, at / type.blockBytes())
          .isEqualTo(Arrays.copyOfRange(expected, at, at + type.blockBytes()));
    }
  }
}
