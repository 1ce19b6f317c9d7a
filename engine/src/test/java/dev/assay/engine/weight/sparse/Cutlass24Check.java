package dev.assay.engine.weight.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;

/** Operands of semi-structured products by libtorch's own conversion. */
public final class Cutlass24Check implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    String name = golden.parameter("dtype").textValue();
    DType type =
        Arrays.stream(DType.values())
            .filter(each -> each.safetensorsName().equals(name))
            .findFirst()
            .orElseThrow();
    DType words = type == DType.INT8 ? DType.INT32 : DType.INT16;
    NDArray dense = tensor(torch, scope, golden, "dense", type);
    NDArray values = tensor(torch, scope, golden, "values", type);
    NDArray metadata = tensor(torch, scope, golden, "meta", words);
    assertThat(golden.parameter("pattern").textValue())
        .isEqualTo(type == DType.FLOAT32 ? "1 of 2" : "2 of 4");
    assertThat(golden.rule("all")).isEqualTo("exact");

    Cutlass24 found = Cutlass24.of(torch, scope, dense);

    Bits.assertSame(torch, "values", found.values(), values);
    Bits.assertSame(torch, "metadata", found.metadata(), metadata);
    Bits.assertSame(
        torch,
        "metadata before the kernel's order",
        found.plainMetadata(torch, scope),
        tensor(torch, scope, golden, "meta_unordered", words));
    Cutlass24 read = new Cutlass24(values, metadata);
    Bits.assertSame(torch, "the weight again", read.whole(torch, scope), dense);
  }

  private static NDArray tensor(
      TorchSession torch, NDManager scope, GoldenCase golden, String name, DType type) {
    return torch.tensors().reinterpret(scope, golden.tensor(scope, name), type);
  }
}
