package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.Locale;

/** Numbers of 4 and 6 bits: the nearest codes, and what they stand for. */
public final class ElementCastCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("rounding").asText())
        .isEqualTo("nearest, ties to even code, saturating");
    assertThat(golden.rule("codes")).isEqualTo("exact");
    for (String tensor : golden.tensors("")) {
      if (tensor.endsWith(".x")) {
        String name = tensor.substring(0, tensor.length() - 2);
        ElementFormat format = ElementFormat.valueOf(name.toUpperCase(Locale.ROOT));
        NDArray x = golden.tensor(scope, tensor);
        NDArray codes = Elements.encode(torch, scope, x, format, false);
        assertThat(codes).isEqualTo(golden.tensor(scope, name + ".codes"));
        assertThat(Elements.decode(torch, scope, codes, format).toFloatArray())
            .isEqualTo(golden.tensor(scope, name + ".values").toFloatArray());
      }
    }
  }
}
