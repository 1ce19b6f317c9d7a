package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.Float8Cache;
import dev.assay.engine.model.KiviCache;
import dev.assay.engine.model.KvQuantCache;
import dev.assay.engine.model.QuarotCache;
import dev.assay.engine.model.StaticCache;
import dev.assay.engine.model.StaticGrid;
import dev.assay.engine.model.TokenCache;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What tokens read of a cache, in a pass over all of them and one after another. */
class CacheReadingTest extends TorchTest {
  private static final int HEADS = 2;
  private static final int WIDTH = 16;

  static Stream<Arguments> schemes() {
    CacheTable scale = CacheTable.of(0.02f);
    CacheTable zero = CacheTable.of(3);
    StaticGrid bytes = new StaticGrid(StaticGrid.Form.INT, 8, scale, zero);
    StaticGrid floats = new StaticGrid(StaticGrid.Form.FP8, 8, scale, CacheTable.of(0));
    StaticGrid fours =
        new StaticGrid(StaticGrid.Form.INT, 4, CacheTable.of(0.4f, 0.3f), CacheTable.of(-2, 1));
    return Stream.of(
        Arguments.of(new DenseCache(), 40),
        Arguments.of(new TokenCache(8, 2), 40),
        Arguments.of(new TokenCache(4, 4), 40),
        Arguments.of(new QuarotCache(4, 4, 0.95), 40),
        Arguments.of(new QuarotCache(8, 2, 1), 40),
        Arguments.of(new Float8Cache(), 40),
        Arguments.of(new StaticCache(bytes, floats), 40),
        Arguments.of(new StaticCache(fours, bytes), 40),
        Arguments.of(new KiviCache(2, 2, 8, 8), 40),
        Arguments.of(new KiviCache(4, 1, 8, 16), 40),
        Arguments.of(new KiviCache(8, 2, 16, 16), 33),
        Arguments.of(new KiviCache(2, 2, 8, 8), 7),
        Arguments.of(kvquant(2, 4, 0, 0, true), 40),
        Arguments.of(kvquant(3, 3, 0.1, 0, false), 40),
        Arguments.of(kvquant(4, 1, 0.2, 5, false), 40));
  }

  private static KvQuantCache kvquant(
      int keyBits, int valueBits, double outliers, int exact, boolean roundZero) {
    int channels = HEADS * WIDTH;
    return new KvQuantCache(
        codes(keyBits),
        codes(valueBits),
        rising(channels, -2, -1),
        rising(channels, 1, 2),
        outliers,
        exact,
        roundZero);
  }

  private static KvQuantCache.Codes codes(int bits) {
    return new KvQuantCache.Codes(bits, rising(1 << bits, -1, 1));
  }

  private static CacheTable rising(int count, float from, float to) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = from + (to - from) * i / (count - 1);
    }
    return CacheTable.of(values);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void bothReadTheSameToTheLastBit(CacheScheme scheme, int tokens) {
    Random random = new Random(3);
    float[] values = new float[2 * 2 * HEADS * tokens * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    NDArray kv = Tensors.of(scope, values, 2, 2L * HEADS, tokens, WIDTH);
    ModuleNode root =
        new ModuleNode(ScriptClass.of(CacheReadingTest.class, "caching.CacheReading"))
            .with("scheme", new CacheModules(torch, scope).of(scheme));
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(root.tensors());

    assertThat(module.callForLong("alike", kv, 0L)).isEqualTo(tokens);
    if (scheme.forgetsLast()) {
      assertThat(module.callForLong("alike", kv, 13L)).isEqualTo(tokens);
    }
  }
}
