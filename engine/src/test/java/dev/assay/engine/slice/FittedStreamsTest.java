package dev.assay.engine.slice;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.slice.PruneHiddenParameters.Score;
import dev.assay.engine.slice.PruneHiddenParameters.StreamRefit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of fewer channels whose readers of the stream make up for those that went. */
@Tag("slow")
class FittedStreamsTest extends StreamModels {
  private Checkpoint source(ModelFixture fixture) {
    return Float32Copy.of(torch, fixture, directory.resolve("float32"));
  }

  /** Columns that stay and what makes up for others, of which there are none. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void whatGivesNothingNeedsNoFit(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = source(fixture);
    Checkpoint whole = run(fixture, source, "whole", fitted(1));
    assertThat(off(logits(fixture, whole), logits(fixture, source))).isLessThan(SAME);
    int hidden = fixture.architecture().spec().hiddenSize();
    Set<Integer> silent =
        IntStream.range(0, hidden).filter(i -> i % 4 == 1).boxed().collect(Collectors.toSet());
    Checkpoint still =
        new NarrowStream(torch, scope, source).without(directory.resolve("silent"), silent);
    if (family.equals("llama")) {
      Checkpoint narrow = run(fixture, still, "narrow", fitted(0.75));
      assertThat(off(logits(fixture, narrow), logits(fixture, still))).isLessThan(5e-3);
    }
  }

  /** Of a stream in few directions, so that the channels that stay tell of the others. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral", "phi3", "qwen2"})
  void aFitIsNearerThanNone(String family) {
    ModelFixture fixture = fixture(family);
    int hidden = fixture.architecture().spec().hiddenSize();
    Checkpoint source =
        new NarrowStream(torch, scope, source(fixture)).in(directory.resolve("few"), hidden / 4);
    NDArray before = logits(fixture, source);
    double plain = off(logits(fixture, run(fixture, source, "plain", half(null))), before);
    Checkpoint narrow = run(fixture, source, "fitted", half(StreamRefit.LEAST_SQUARES));
    assertThat(off(logits(fixture, narrow), before)).isLessThan(0.7 * plain);
  }

  private static Step half(@Nullable StreamRefit recovery) {
    return new Step("prune-hidden", new PruneHiddenParameters(0.5, Score.ACTIVATION, 8, recovery));
  }

  private static Step fitted(double keep) {
    return new Step(
        "prune-hidden",
        new PruneHiddenParameters(keep, Score.ACTIVATION, 8, StreamRefit.LEAST_SQUARES));
  }

  /** The first layer's queries and the head, by the normal equations over all tokens. */
  @Test
  void whatReadsTheStreamIsFittedToItsOutputs() {
    ModelFixture fixture = fixture("llama");
    Checkpoint source = source(fixture);
    ModelSpec spec = fixture.architecture();
    Checkpoint narrow = run(fixture, source, "fitted", half(StreamRefit.LEAST_SQUARES));
    NDArray table = source.tensor(torch, scope, "model.embed_tokens.weight");
    int[] kept = keptColumns(table, narrow.tensor(torch, scope, "model.embed_tokens.weight"));
    List<NDArray> vectors = new ArrayList<>();
    for (long[] ids : samples(fixture)) {
      for (long id : ids) {
        vectors.add(table.get(id).reshape(1, -1));
      }
    }
    NDArray states = torch.tensors().concatenate(scope, vectors, 0).toType(DataType.FLOAT64, false);
    double epsilon = spec.spec().norm().epsilon();
    NDArray size = states.square().mean(new int[] {1}, true).add(epsilon).sqrt();
    NDArray norm =
        source
            .tensor(torch, scope, "model.layers.0.input_layernorm.weight")
            .toType(DataType.FLOAT64, false);
    NDArray x = states.div(size).mul(norm);
    String name = "model.layers.0.self_attn.q_proj.weight";
    NDArray weight = source.tensor(torch, scope, name).toType(DataType.FLOAT64, false);

    NDArray expected = fit(x, weight, kept);
    NDArray found = narrow.tensor(torch, scope, name).toType(DataType.FLOAT64, false);
    assertThat(found.sub(expected).abs().max().getDouble())
        .isLessThan(1e-3 * weight.abs().max().getDouble());
    assertThat(error(x, weight, found, kept))
        .isLessThan(error(x, weight, some(weight, kept), kept));
  }

  private int[] keptColumns(NDArray whole, NDArray left) {
    float[] all = whole.get("0").toFloatArray();
    float[] few = left.get("0").toFloatArray();
    int at = 0;
    int[] kept = new int[few.length];
    for (int i = 0; i < all.length && at < few.length; i++) {
      if (all[i] == few[at]) {
        kept[at++] = i;
      }
    }
    assertThat(at).isEqualTo(few.length);
    return kept;
  }

  private NDArray some(NDArray matrix, int[] columns) {
    return matrix.get(
        scope, new NDIndex(":, {}", scope.create(columns).toType(DataType.INT64, false)));
  }

  /** What stays, and the least squares of what the others gave. */
  private NDArray fit(NDArray x, NDArray weight, int[] kept) {
    NDArray own = some(x, kept);
    NDArray left = some(weight, kept);
    NDArray lost = x.matMul(weight.transpose()).sub(own.matMul(left.transpose()));
    NDArray moments = own.transpose().matMul(own);
    double ridge = 1e-3 * x.square().sum().getDouble() / x.getShape().get(1);
    NDArray damped = moments.add(scope.eye(kept.length).toType(DataType.FLOAT64, false).mul(ridge));
    return left.add(damped.inverse().matMul(own.transpose().matMul(lost)).transpose());
  }

  private double error(NDArray x, NDArray weight, NDArray left, int[] kept) {
    NDArray off = x.matMul(weight.transpose()).sub(some(x, kept).matMul(left.transpose()));
    return off.square().sum().getDouble();
  }
}
