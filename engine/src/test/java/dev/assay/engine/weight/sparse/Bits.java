package dev.assay.engine.weight.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;

/** Tensors to the last bit, whatever numbers their bits are. */
final class Bits {
  private Bits() {}

  static void assertSame(TorchSession torch, String what, NDArray found, NDArray wanted) {
    assertThat(found.getShape()).as(what).isEqualTo(wanted.getShape());
    assertThat(torch.tensors().typeOf(found)).as(what).isEqualTo(torch.tensors().typeOf(wanted));
    assertThat(bytes(torch, found)).as(what).isEqualTo(bytes(torch, wanted));
  }

  private static byte[] bytes(TorchSession torch, NDArray tensor) {
    ByteBuffer buffer = torch.tensors().bytes(tensor).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
