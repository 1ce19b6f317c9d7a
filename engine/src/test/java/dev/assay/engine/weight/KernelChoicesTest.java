package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KernelChoicesTest {
  private static KernelChoices choices(Map<String, Long> rows, Map<String, String> kernels) {
    return new KernelChoices(new TreeMap<>(rows), new TreeMap<>(kernels));
  }

  @Test
  void codesThatWereNotTimedGoWithTheNextWider() {
    KernelChoices found = choices(Map.of("tiled-grid int4", 16L, "tiled-grid int8", 64L), Map.of());

    assertThat(found.packedRows("tiled-grid", 4)).hasValue(16);
    assertThat(found.packedRows("tiled-grid", 3)).hasValue(16);
    assertThat(found.packedRows("tiled-grid", 5)).hasValue(64);
    assertThat(found.packedRows("int4pack", 4)).isEmpty();
    assertThat(found.most()).hasValue(64);
  }

  @Test
  void oneRowIsAlwaysPacked() {
    assertThatThrownBy(() -> choices(Map.of("tiled-grid int4", 0L), Map.of()))
        .hasMessage("packedRows: tiled-grid int4: found 0, expected 1 or more");
  }

  /** The form says up to how many rows inputs become integers: as many as were measured. */
  @Test
  void aKernelTakesAsManyRowsAsWereFoundFaster() {
    assumeTrue(NativeOps.areHere());
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1);
        NDManager scope = torch.manager().newSubManager()) {
      StoredWeight weight = new SampleWeights(torch, scope).of("int4", 64, 64);
      KernelChoices found =
          choices(Map.of("tiled-grid int4", 16L), Map.of("int4", TiledGridKernel.NAME));

      RunnableLinear linear = linear(torch, scope, weight, found);

      assertThat(linear.kernel()).isEqualTo("tiled-grid");
      assertThat(linear.rounding()).hasValue("up to 16 rows as integers of 16 bits");
    }
  }

  @Test
  void libtorchsKernelRunsWhereItWasFoundFaster() {
    assumeTrue(NativeOps.areHere());
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1);
        NDManager scope = torch.manager().newSubManager()) {
      StoredWeight weight = new SampleWeights(torch, scope).of("int4", 64, 64);

      KernelChoices found = choices(Map.of(), Map.of("int4", Int4PackKernel.NAME));

      assertThat(linear(torch, scope, weight, found).kernel()).isEqualTo("int4pack");
    }
  }

  private static RunnableLinear linear(
      TorchSession torch, NDManager scope, StoredWeight weight, KernelChoices found) {
    Execution execution = Execution.packed(TorchDevice.CPU, DType.BFLOAT16).with(found);
    return new LinearPreparer(torch, execution).prepare(scope, List.of(weight)).parts().get(0);
  }
}
