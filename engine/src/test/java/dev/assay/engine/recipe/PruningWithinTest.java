package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.MagnitudeParameters.Within;
import dev.assay.engine.prune.OutlierBudgets;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What weights that go are the smallest of, in models of several families stored in 16 bits. */
class PruningWithinTest extends TorchTest {
  private static final double RATIO = 0.37;

  @TempDir Path directory;

  /** Weights of 16 bits tie at the border, and yet exactly so many go. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "bloom", "mixtral", "t5"})
  void ofTheModelExactlySoManyGoAndNoneIsGreaterThanOneThatStays(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint pruned = run(fixture, magnitude(Within.MODEL), List.of());

    List<float[]> before = weights(fixture.checkpoint());
    List<float[]> after = weights(pruned);
    long all = before.stream().mapToLong(each -> each.length).sum();
    long zeros = 0;
    float greatestGone = 0;
    float leastKept = Float.MAX_VALUE;
    for (int i = 0; i < before.size(); i++) {
      for (int k = 0; k < before.get(i).length; k++) {
        float magnitude = Math.abs(before.get(i)[k]);
        if (after.get(i)[k] == 0) {
          zeros++;
          greatestGone = Math.max(greatestGone, magnitude);
        } else {
          assertThat(after.get(i)[k]).isEqualTo(before.get(i)[k]);
          leastKept = Math.min(leastKept, magnitude);
        }
      }
    }
    assertThat(zeros).isEqualTo((long) Math.rint(RATIO * all));
    assertThat(greatestGone).isLessThanOrEqualTo(leastKept);
  }

  @Test
  void ofRowsAsManyGoFromEach() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint pruned = run(fixture, magnitude(Within.ROW), List.of());

    try (var own = torch.manager().newSubManager()) {
      CheckpointWeights weights = new CheckpointWeights(torch, pruned, fixture.architecture());
      Map<String, NDArray> values = weights.layers(0).values(own, 1);
      for (String linear : fixture.architecture().main().layer(1).layout().names()) {
        NDArray weight = Objects.requireNonNull(values.get(linear), linear);
        long columns = weight.getShape().get(1);
        long[] zeros = weight.eq(0).toType(DataType.INT64, true).sum(new int[] {1}).toLongArray();
        assertThat(zeros).as(linear).containsOnly((long) (columns * RATIO));
      }
    }
  }

  /** Layers give what OWL says, about the share that all are to give. */
  @Test
  void layersGiveUnlikeShares() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step step =
        new Step(
            "sparsegpt",
            new SparseGptParameters(
                new Sparsity.Unstructured(0.6), 0.01, 128, null, null, new OutlierBudgets(3, 0.2)));
    Checkpoint pruned = run(fixture, step, Arrays.asList(fixture.ids(scope, "input_ids")));

    List<Double> shares = new ArrayList<>();
    try (var own = torch.manager().newSubManager()) {
      CheckpointWeights weights = new CheckpointWeights(torch, pruned, fixture.architecture());
      int depth = fixture.architecture().main().depth();
      for (int layer = 0; layer < depth; layer++) {
        Map<String, NDArray> values = weights.layers(0).values(own, layer);
        long zeros = 0;
        long all = 0;
        for (String linear : fixture.architecture().main().layer(layer).layout().names()) {
          NDArray weight = Objects.requireNonNull(values.get(linear), linear);
          zeros += weight.eq(0).toType(DataType.INT64, true).sum().getLong();
          all += weight.size();
        }
        shares.add((double) zeros / all);
      }
    }
    assertThat(shares.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
        .isBetween(0.57, 0.63);
    // The least and the greatest are as far apart as the band is wide.
    assertThat(Collections.max(shares) - Collections.min(shares)).isBetween(0.35, 0.45);
  }

  private static Step magnitude(Within within) {
    return new Step(
        "magnitude", new MagnitudeParameters(new Sparsity.Unstructured(RATIO), within, null));
  }

  private Checkpoint run(ModelFixture fixture, Step step, List<long[]> samples) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(step), samples, target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }

  /** All linears of all layers. */
  private List<float[]> weights(Checkpoint checkpoint) {
    var spec = new Families().architecture(checkpoint);
    List<float[]> all = new ArrayList<>();
    try (var own = torch.manager().newSubManager()) {
      CheckpointWeights weights = new CheckpointWeights(torch, checkpoint, spec);
      for (int stack = 0; stack < spec.stacks().size(); stack++) {
        for (int layer = 0; layer < spec.stacks().get(stack).depth(); layer++) {
          Map<String, NDArray> values = weights.layers(stack).values(own, layer);
          for (String linear : spec.stacks().get(stack).layer(layer).layout().names()) {
            NDArray value = Objects.requireNonNull(values.get(linear), linear);
            all.add(value.toFloatArray());
          }
        }
      }
    }
    return all;
  }
}
