package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;
import dev.assay.engine.torch.Tensors;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What norms are made of stays theirs. */
class NormModulesTest extends TorchTest {
  /** A tensor of Java's numbers is gone when Java collects them. */
  @Test
  void theirTensorsOwnTheirMemory() {
    NormSpec spec = new NormSpec(NormSpec.Kind.RMS, 1e-6);
    NDArray weight = torch.tensors().copy(scope, Tensors.of(scope, new float[] {1, 2, 3, 4}, 4));
    ModuleNode norm = new NormModules(torch, scope, spec, StepModules.PLAIN).of(weight, null);
    ScriptModule module = ScriptModule.load(scope, norm.object());
    Map<String, NDArray> named = new HashMap<>();
    norm.tensors().forEach((name, tensor) -> named.put("norm." + name, tensor));
    try (ScriptValue dictionary = ScriptValue.tensors(named)) {
      module.run("load", dictionary, "norm");
    }

    for (int round = 0; round < 50; round++) {
      System.gc();
      for (int i = 0; i < 200; i++) {
        ByteBuffer.allocateDirect(Float.BYTES * 2).putFloat(7).putFloat(7);
      }
    }

    NDArray row = Tensors.of(scope, new float[] {3, -4, 5, 2}, 1, 4);
    float[] found = module.call(scope, "forward", row).toFloatArray();
    double mean = Math.sqrt((9 + 16 + 25 + 4) / 4.0 + 1e-6);
    float[] wanted = {3, -8, 15, 8};
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found[i]).isCloseTo((float) (wanted[i] / mean), within(1e-6f));
    }
  }
}
