package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import org.junit.jupiter.api.Test;

/** Which path is faster is the machine's affair; that each kernel was asked is not. */
class KernelProbeTest {
  @Test
  void eachKernelThatRunsIsTimed() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      Execution execution = Execution.packed(TorchDevice.CPU, DType.BFLOAT16, KernelInputs.NATIVE);
      KernelChoices found = new KernelProbe(torch, execution).measure();

      assertThat(found.packedRows().keySet()).contains("int4pack int4", "int8pack int8");
      assertThat(found.packedRows().values()).allMatch(rows -> rows >= 1 && rows <= 256);
      if (NativeOps.areHere()) {
        assertThat(found.packedRows().keySet())
            .contains(
                "tiled-grid int2", "tiled-grid int8", "tiled-codebook int4", "dense-rows bfloat16");
        assertThat(found.kernels().keySet())
            .containsExactly("bfloat16", "bitmask bfloat16", "csr bfloat16", "int4", "int8");
        assertThat(found.kernels().get("bitmask bfloat16")).isIn("bitmask", "dense");
        assertThat(found.kernels().get("csr bfloat16")).isIn("csr", "dense");
        assertThat(found.kernels().get("int4")).isIn("tiled-grid", "int4pack");
        assertThat(found.kernels().get("int8")).isIn("tiled-grid", "int8pack");
        assertThat(found.kernels().get("bfloat16")).isIn("dense", "dense-rows");
      }
    }
  }

  @Test
  void nothingIsTimedWhereAllRunsDense() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      Execution reference = Execution.reference(TorchDevice.CPU);
      assertThat(new KernelProbe(torch, reference).measure()).isEqualTo(KernelChoices.NONE);
    }
  }
}
