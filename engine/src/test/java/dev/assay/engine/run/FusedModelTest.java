package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.engine.weight.LinearPreparer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models whose norms, rotations, gates and attention are ops of our own, family by family. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class FusedModelTest extends TorchTest {
  private static final int TOKENS = 24;
  private static final int AT_ONCE = 9;

  static Stream<String> families() {
    return FamilyFixtures.CAUSAL.stream();
  }

  /**
   * They are no farther from float32 than libtorch's operations in 16 bits, one after the other.
   */
  @ParameterizedTest
  @MethodSource("families")
  void opsAreAsNearToFloat32AsLibtorch(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[] ids = Arrays.copyOf(fixture.ids(scope, "input_ids")[0], TOKENS);
    NDArray exact = logits(fixture, ids, Execution.reference(torch.device()));
    for (DType type : List.of(DType.BFLOAT16, DType.FLOAT16)) {
      Execution plain = new Execution(torch.device(), type, false, KernelInputs.NATIVE);
      Execution fused = new Execution(torch.device(), type, true, KernelInputs.NATIVE);
      assertThat(new LinearPreparer(torch, plain).fuses()).isFalse();
      assertThat(new LinearPreparer(torch, fused).fuses()).isTrue();
      double theirs = rms(logits(fixture, ids, plain).sub(exact));
      double ours = rms(logits(fixture, ids, fused).sub(exact));
      assertThat(ours).as(family + " in " + type.label()).isLessThan(1.3 * theirs);
    }
  }

  /** Of the last tokens: some at once, the others one after another, and what is chosen of each. */
  private NDArray logits(ModelFixture fixture, long[] ids, Execution execution) {
    try (LanguageModel model =
            LanguageModel.load(torch, fixture.checkpoint(), fixture.architecture(), execution);
        KvCache cache = model.newCache(2, TOKENS)) {
      long[] first = Arrays.copyOf(ids, AT_ONCE);
      List<NDArray> all = new ArrayList<>();
      long[] other = new long[AT_ONCE];
      Arrays.setAll(other, i -> ids[TOKENS - 1 - i]);
      all.add(last(model.logits(scope, new long[][] {first, other}, cache)));
      for (int token = AT_ONCE; token < TOKENS; token++) {
        long[] pair = {ids[token], ids[TOKENS - 1 - token]};
        all.add(last(model.logits(scope, new long[][] {{pair[0]}, {pair[1]}}, cache)));
        cache.truncate(token);
        NDArray next = scope.create(pair, new Shape(2, 1));
        long[] chosen = model.nextToken(scope, next, cache).toLongArray();
        assertThat(chosen).isEqualTo(all.get(all.size() - 1).argMax(1).toLongArray());
      }
      return torch.tensors().concatenate(scope, all, 0);
    }
  }

  private NDArray last(NDArray logits) {
    NDArray wide = torch.tensors().cast(scope, logits, DType.FLOAT32);
    return wide.get(":, -1:").reshape(2, -1);
  }

  private static double rms(NDArray values) {
    return Math.sqrt(values.square().mean().getFloat());
  }
}
