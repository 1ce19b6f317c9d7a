package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tokens read of KIVI's cache, in a pass over all and one after another. */
class KiviPassTest extends TorchTest {
  @ParameterizedTest
  @CsvSource({"40, 2, 2, 8, 8", "40, 4, 1, 8, 16", "33, 8, 2, 16, 16", "7, 2, 2, 8, 8"})
  void bothReadTheSameToTheLastBit(
      int tokens, int keyBits, int valueBits, int group, int residual) {
    int width = 16;
    Random random = new Random(3);
    float[] values = new float[2 * 4 * tokens * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    NDArray kv = Tensors.of(scope, values, 2, 4, tokens, width);
    ScriptModule module =
        ScriptModule.load(
            scope,
            new ModuleNode(ScriptClass.of(KiviPassTest.class, "caching.KiviReading")).object());

    long same =
        module.callForLong(
            "alike", kv, new long[] {keyBits, valueBits}, (long) group, (long) residual);

    assertThat(same).isEqualTo(tokens);
  }
}
