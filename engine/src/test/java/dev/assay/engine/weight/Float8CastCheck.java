package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** Floats of 8 bits: the nearest codes of every kind of number, and the values of all bytes. */
public final class Float8CastCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ElementFormat format =
        golden.parameter("format").asText().equals("float8_e5m2")
            ? ElementFormat.E5M2
            : ElementFormat.E4M3;
    assertThat(format.greatest()).isEqualTo(golden.parameter("max").doubleValue());
    assertThat(golden.parameter("rounding").asText()).isEqualTo("nearest, ties to even");
    assertThat(golden.rule("bytes_saturating")).isEqualTo("exact");
    assertThat(golden.rule("decode")).isEqualTo("exact");
    NDArray codes = Elements.encode(torch, scope, golden.tensor(scope, "x"), format, false);
    assertThat(codes).isEqualTo(golden.tensor(scope, "bytes_saturating"));
    assertThat(Elements.decode(torch, scope, codes, format).toFloatArray())
        .isEqualTo(golden.tensor(scope, "dequant_saturating").toFloatArray());
    float[] values = golden.tensor(scope, "decode_table").toFloatArray();
    int[] kinds = golden.tensor(scope, "decode_class").toUint8Array();
    float[] table = format.table();
    for (int i = 0; i < values.length; i++) {
      int kind = Float.isNaN(table[i]) ? 2 : Float.isInfinite(table[i]) ? 1 : 0;
      assertThat(kind).as("byte %d", i).isEqualTo(kinds[i]);
      assertThat(kind == 0 ? table[i] : 0).as("byte %d", i).isEqualTo(values[i]);
    }
  }
}
