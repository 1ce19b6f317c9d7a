package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.Float8Cache;
import dev.assay.engine.model.KiviCache;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.QuarotCache;
import dev.assay.engine.model.StaticCache;
import dev.assay.engine.model.StaticGrid;
import dev.assay.engine.model.TokenCache;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What ops of our own do between products, held against libtorch's operations in float32: the ops
 * round once, to the type that they are given.
 */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class FusedModulesTest extends TorchTest {
  private final Random random = new Random(5);

  @AfterEach
  void restore() {
    NativeOps.of(torch).atMost(NativeOps.Level.VNNI);
  }

  static Stream<Arguments> schemes() {
    CacheTable scale = CacheTable.of(0.02f);
    StaticGrid bytes = new StaticGrid(StaticGrid.Form.INT, 8, scale, CacheTable.of(3));
    StaticGrid floats = new StaticGrid(StaticGrid.Form.FP8, 8, scale, CacheTable.of(0));
    StaticGrid fours =
        new StaticGrid(StaticGrid.Form.INT, 4, CacheTable.of(0.4f, 0.3f), CacheTable.of(-2, 1));
    return Stream.of(
            new DenseCache(),
            new TokenCache(8, 2),
            new TokenCache(4, 8),
            new TokenCache(2, 4),
            new Float8Cache(),
            new StaticCache(bytes, floats),
            new StaticCache(floats, bytes),
            new StaticCache(fours, bytes),
            new QuarotCache(4, 4, 0.95),
            new QuarotCache(8, 2, 1),
            new KiviCache(2, 2, 8, 8),
            new KiviCache(4, 1, 8, 16),
            new KiviCache(8, 4, 16, 32))
        .flatMap(
            scheme ->
                Stream.of(
                    Arguments.of(scheme, 2, 16, 0, 0, 0.0),
                    Arguments.of(scheme, 6, 64, 37, 0, 0.0),
                    Arguments.of(scheme, 10, 80, 33, 21, 3.0)))
        .filter(
            arguments ->
                !(arguments.get()[0] instanceof QuarotCache && (int) arguments.get()[2] == 80));
  }

  /** Two heads of keys; some tokens come before at once. */
  @ParameterizedTest
  @MethodSource("schemes")
  void attentionReadsWhatACacheStores(
      CacheScheme scheme, int heads, int width, int before, int window, double cap) {
    for (NativeOps.Level level : NativeOps.Level.values()) {
      NativeOps.of(torch).atMost(level);
      NDArray qkv = normal(2, before + 40, heads + 4, width);
      List<NDArray> found = contexts(scheme, qkv, heads, before, window, cap);
      assertClose(found.get(0), 2e-5);
      // What the op reads is what is stored; of KIVI the newest tokens as copies, in order.
      long newest = scheme instanceof KiviCache kivi ? 2L * kivi.residual() + 1 : 0;
      assertThat(found.get(1).toLongArray()[0])
          .isLessThanOrEqualTo(newest * 2 * 2 * width * Float.BYTES);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void attentionInSixteenBitsIsNear(DType type) {
    for (CacheScheme scheme :
        List.of(
            new DenseCache(),
            new TokenCache(8, 8),
            new QuarotCache(8, 8, 1),
            new Float8Cache(),
            new KiviCache(4, 4, 8, 8))) {
      NDArray qkv = torch.tensors().cast(scope, normal(1, 60, 12, 32), type);
      List<NDArray> found = contexts(scheme, qkv, 4, 20, 0, 0);
      assertClose(torch.tensors().cast(scope, found.get(0), DType.FLOAT32), 4e-2);
    }
  }

  /** Queries that are longer when turned than float16 goes. */
  @Test
  void longQueriesAreTurnedInFloat32() {
    NDArray qkv = as(DType.FLOAT16, normal(1, 20, 6, 64).mul(0).add(9000));
    NDArray found = contexts(new QuarotCache(8, 8, 1), qkv, 2, 5, 0, 0).get(0);
    assertThat(found.isNaN().any().getBoolean()).isFalse();
  }

  /** Ops write where they are told. */
  @Test
  void whatACacheHasNoRoomForIsRefused() {
    for (CacheScheme scheme :
        List.of(
            new DenseCache(), new TokenCache(4, 4), new Float8Cache(), new QuarotCache(8, 8, 1))) {
      ModuleNode root =
          new ModuleNode(ScriptClass.of(FusedModulesTest.class, "fusing.Crowding"))
              .with("scheme", new CacheModules(torch, scope).of(scheme));
      ScriptModule module = ScriptModule.load(scope, root.object());
      module.load(root.tensors());
      NDArray kv = normal(2, 4, 1, 16);
      assertThat(module.callForLong("run", kv, 2L, 2L)).isEqualTo(2);
      assertThatThrownBy(() -> module.callForLong("run", kv, 2L, 3L)).hasMessageContaining("room");
      assertThatThrownBy(() -> module.callForLong("run", kv, 1L, 1L)).hasMessageContaining("room");
    }
  }

  /** A head of keys for all queries, which threads share; one token of one sequence. */
  @Test
  void queriesOfOneHeadOfKeysAreSharedByThreads() {
    NDArray qkv = normal(1, 600, 9, 64);
    assertClose(contexts(new DenseCache(), qkv, 7, 580, 0, 0).get(0), 2e-5);
  }

  private List<NDArray> contexts(
      CacheScheme scheme, NDArray qkv, int heads, int before, int window, double cap) {
    double scale = 0.2;
    ModuleNode plain =
        cap > 0
            ? Scripts.module("attention.CappedScores")
                .with("scale", scale)
                .with("cap", cap)
                .with("window", window)
            : Scripts.module("attention.CausalScores")
                .with("scale", scale)
                .with("window", window)
                .with("paired_elements", 0);
    ModuleNode fused =
        Scripts.module("fused.FusedScores")
            .with("base", plain)
            .with("scale", scale)
            .with("cap", cap)
            .with("window", window)
            .with("threads", 2);
    ModuleNode root =
        new ModuleNode(ScriptClass.of(FusedModulesTest.class, "fusing.ReadingTwice"))
            .with("scheme", new CacheModules(torch, scope).of(scheme))
            .with("fused", fused)
            .with("plain", plain);
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(root.tensors());
    return module.callForList(scope, "run", qkv, (long) heads, (long) before);
  }

  /** Both halves of the first axis, by the root mean square of the second. */
  private void assertClose(NDArray both, double share) {
    NDArray fused = both.get(0);
    NDArray plain = both.get(1);
    double spread = Math.sqrt(plain.square().mean().getFloat());
    assertThat((double) fused.sub(plain).abs().max().getFloat()).isLessThan(share * spread);
  }

  @ParameterizedTest
  @CsvSource({"RMS, 64", "RMS, 100", "RMS_PLUS_ONE, 96", "RMS, 7"})
  void normsAreThoseOfFloat32(NormSpec.Kind kind, int width) {
    NormSpec spec = new NormSpec(kind, 1e-5);
    for (NativeOps.Level level : NativeOps.Level.values()) {
      NativeOps.of(torch).atMost(level);
      for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
        NDArray weight = as(type, normal(width));
        NDArray wide = as(DType.FLOAT32, weight);
        ModuleNode root =
            new ModuleNode(ScriptClass.of(FusedModulesTest.class, "fusing.Between"))
                .with("fused_norm", norms(spec, true).of(weight, null))
                .with("plain_norm", norms(spec, false).of(wide, null));
        ScriptModule module = ScriptModule.load(scope, root.object());
        module.load(root.tensors());
        NDArray x = as(type, normal(5, width));
        List<NDArray> found = module.callForList(scope, "norms", x, as(type, normal(5, width)));
        assertRounded(found.get(0), found.get(1), type);
        assertRounded(found.get(2), found.get(3), type);
        assertRounded(found.get(4), found.get(5), type);
      }
    }
  }

  private NormModules norms(NormSpec spec, boolean fused) {
    return new NormModules(torch, scope, spec, new StepModules(fused, 2, 0));
  }

  @ParameterizedTest
  @CsvSource({"true, 32, 32", "true, 40, 24", "false, 32, 32", "false, 20, 8"})
  void headsTurnAsInFloat32(boolean halves, int width, int turned) {
    ModuleNode plain =
        Scripts.module(halves ? "position.HalfRotation" : "position.NeighbourRotation");
    ModuleNode root =
        new ModuleNode(ScriptClass.of(FusedModulesTest.class, "fusing.Turning"))
            .with("fused", new StepModules(true, 2, 0).rotation(plain, halves ? 0 : 1))
            .with("plain", plain);
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(root.tensors());
    for (NativeOps.Level level : NativeOps.Level.values()) {
      NativeOps.of(torch).atMost(level);
      for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
        for (int tokens : new int[] {1, 7}) {
          float[] cosines = new float[tokens * turned];
          float[] sines = new float[tokens * turned];
          for (int i = 0; i < cosines.length; i++) {
            int place = i % turned;
            double angle = (i / turned + 1) * (place % (turned / 2) + 0.3);
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) (place < turned / 2 ? -Math.sin(angle) : Math.sin(angle));
          }
          NDArray cos = as(type, Tensors.of(scope, cosines, tokens, 1, turned));
          NDArray sin = as(type, Tensors.of(scope, sines, tokens, 1, turned));
          NDArray x = as(type, normal(2, tokens, 5, width));
          List<NDArray> found = module.callForList(scope, "turned", x, cos, sin, 3L);
          assertRounded(found.get(0), found.get(1), type);
        }
      }
    }
  }

  @Test
  void gatesAreThoseOfFloat32() {
    ScriptModule script = torch.script(FusedModulesTest.class, "row_ops.py");
    for (NativeOps.Level level : NativeOps.Level.values()) {
      NativeOps.of(torch).atMost(level);
      for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
        for (int width : new int[] {64, 37, 3}) {
          NDArray both = as(type, normal(4, 2 * width).mul(4));
          NDArray wide = as(DType.FLOAT32, both);
          NDArray x = wide.get(":, :" + width);
          NDArray factors = wide.get(":, " + width + ":");
          NDArray sigmoid = x.neg().exp().add(1).pow(-1);
          assertRounded(script.call(scope, "gate", both, 0L), x.mul(sigmoid).mul(factors), type);
          NDArray u = x.add(x.pow(3).mul(0.044715f)).mul(0.7978845608f);
          NDArray gelu = x.mul(0.5f).mul(u.tanh().add(1));
          assertRounded(script.call(scope, "gate", both, 1L), gelu.mul(factors), type);
        }
      }
    }
  }

  /** Of several the first; what is no number before all. */
  @Test
  void theGreatestIsFound() {
    ScriptModule script = torch.script(FusedModulesTest.class, "row_ops.py");
    for (NativeOps.Level level : NativeOps.Level.values()) {
      NativeOps.of(torch).atMost(level);
      for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
        for (int width : new int[] {1, 16, 255, 1000}) {
          float[] x = new float[2 * width];
          for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(40) - 50;
          }
          int odd = random.nextInt(width);
          x[width + odd] = Float.NaN;
          long first = 0;
          for (int i = 0; i < width; i++) {
            first = x[i] > x[(int) first] ? i : first;
          }
          NDArray rows = as(type, Tensors.of(scope, x, 2, width));
          assertThat(script.call(scope, "greatest", rows).toLongArray())
              .containsExactly(first, odd);
        }
      }
    }
  }

  /** Nearer than what the type can tell apart, and a little. */
  private void assertRounded(NDArray found, NDArray exact, DType type) {
    assertThat(torch.tensors().typeOf(found)).isEqualTo(type);
    float[] ours = torch.tensors().floats(found);
    float[] theirs = torch.tensors().floats(exact);
    double step =
        switch (type) {
          case BFLOAT16 -> 1 / 256.0;
          case FLOAT16 -> 1 / 2048.0;
          default -> 1e-6;
        };
    assertThat(ours).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.length; i++) {
      assertThat((double) ours[i])
          .as("element " + i)
          .isCloseTo(theirs[i], within(step * Math.abs(theirs[i]) * 1.001 + 2e-6));
    }
  }

  private NDArray as(DType type, NDArray tensor) {
    return torch.tensors().cast(scope, tensor, type);
  }

  private NDArray normal(int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    NDArray held = Tensors.of(scope, values, Arrays.stream(shape).asLongStream().toArray());
    return torch.tensors().copy(scope, held);
  }
}
