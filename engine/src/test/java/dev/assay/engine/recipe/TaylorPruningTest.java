package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.prune.MagnitudeParameters.Within;
import dev.assay.engine.prune.OutlierBudgets;
import dev.assay.engine.prune.OutlierShares;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.TaylorParameters;
import dev.assay.engine.prune.TaylorParameters.Order;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes by gradients, against sorted scores that are computed from all of them. */
class TaylorPruningTest extends TorchTest {
  private static final double RATIO = 0.37;

  @TempDir Path directory;

  /** A stored weight before and after, and its scores. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Pruned(float[] before, float[] after, double[] scores, int columns) {}

  @ParameterizedTest
  @CsvSource({
    "llama, ROW, FIRST",
    "llama, LINEAR, SECOND",
    "llama, MODEL, FIRST",
    "gpt2, LINEAR, FIRST",
    "bloom, ROW, SECOND",
    "phi3, MODEL, SECOND",
    "opt, LINEAR, FIRST"
  })
  void theLeastGo(String family, Within within, Order order) {
    List<Pruned> all =
        prune(family, new TaylorParameters(new Sparsity.Unstructured(RATIO), within, order));

    switch (within) {
      case MODEL -> {
        long weights = all.stream().mapToLong(each -> each.before().length).sum();
        least(
            all, IntStream.range(0, all.size()).boxed().toList(), 0, 0, Math.rint(RATIO * weights));
      }
      case LINEAR -> {
        for (int i = 0; i < all.size(); i++) {
          least(all, List.of(i), 0, 0, Math.floor(RATIO * all.get(i).before().length));
        }
      }
      case ROW -> {
        for (int i = 0; i < all.size(); i++) {
          int columns = all.get(i).columns();
          for (int row = 0; row < all.get(i).before().length / columns; row++) {
            least(all, List.of(i), row * columns, columns, Math.floor(RATIO * columns));
          }
        }
      }
    }
  }

  /** Layers give what their outliers say, about as much together, and each its least. */
  @ParameterizedTest
  @CsvSource({"llama, LINEAR", "gpt2, ROW"})
  void layersMayGiveByTheirOutliers(String family, Within within) {
    OutlierBudgets owl = new OutlierBudgets(3, 0.15);
    Sparsity half = new Sparsity.Unstructured(0.5);
    List<Pruned> all =
        prune(family, new TaylorParameters(half, within, Order.FIRST, null, null, owl));

    ModelFixture fixture = ModelFixture.of(family);
    Surveyed model =
        Surveyed.of(
            torch,
            Checkpoint.open(directory.resolve("float32")),
            fixture.architecture(),
            Arrays.asList(fixture.ids(scope, "input_ids")));
    List<Double> ratios =
        OutlierShares.ratios(
            OutlierShares.of(new LayerSurvey(model.weights(), model.context()), owl), 0.15, 0.5);
    assertThat(ratios.stream().distinct().count()).isGreaterThan(1);
    int each = all.size() / ratios.size();
    for (int i = 0; i < all.size(); i++) {
      double ratio = ratios.get(i / each);
      if (within == Within.LINEAR) {
        least(all, List.of(i), 0, 0, Math.floor(ratio * all.get(i).before().length));
      } else {
        int columns = all.get(i).columns();
        least(all, List.of(i), columns, columns, Math.floor(ratio * columns));
      }
    }
  }

  @Test
  void budgetsAreSaidOnce() {
    OutlierBudgets owl = new OutlierBudgets(5, 0.08);
    assertThatThrownBy(
            () ->
                new TaylorParameters(
                    new Sparsity.Unstructured(0.5), Within.MODEL, Order.FIRST, null, null, owl))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("owl: found budgets of layers beside within: model");
    assertThatThrownBy(
            () ->
                new TaylorParameters(
                    Sparsity.parse("2:4"), Within.LINEAR, Order.FIRST, null, null, owl))
        .hasMessageContaining("owl: found a pattern 2:4");
  }

  @Test
  void ofEveryRunTheLeastGo() {
    for (Pruned each :
        prune("llama", new TaylorParameters(Sparsity.parse("2:8"), Within.LINEAR, Order.FIRST))) {
      for (int from = 0; from < each.before().length; from += 8) {
        least(List.of(each), List.of(0), from, 8, 6);
      }
    }
  }

  /** So many went, and none of a score clearly above one that stayed. */
  private static void least(
      List<Pruned> all, List<Integer> which, int from, int length, double count) {
    long gone = 0;
    double greatestGone = 0;
    double leastKept = Double.MAX_VALUE;
    for (int i : which) {
      Pruned each = all.get(i);
      int end = length == 0 ? each.before().length : from + length;
      for (int at = from; at < end; at++) {
        if (each.after()[at] == 0) {
          gone++;
          greatestGone = Math.max(greatestGone, each.scores()[at]);
        } else {
          assertThat(each.after()[at]).isEqualTo(each.before()[at]);
          leastKept = Math.min(leastKept, each.scores()[at]);
        }
      }
    }
    assertThat((double) gone).isEqualTo(count);
    // The scores here are of float64.
    assertThat(greatestGone).isLessThanOrEqualTo(leastKept * (1 + 1e-4));
  }

  private List<Pruned> prune(String family, TaylorParameters parameters) {
    ModelFixture fixture = ModelFixture.of(family);
    List<long[]> samples = Arrays.asList(fixture.ids(scope, "input_ids"));
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    run(fixture, source, parameters, samples);
    Checkpoint artifact = Checkpoint.open(directory.resolve("artifact"));
    List<Map<String, double[]>> scores = scores(fixture, source, samples, parameters.order());
    List<Pruned> all = new ArrayList<>();
    for (int layer = 0; layer < fixture.architecture().layers(); layer++) {
      LayerLayout layout = fixture.architecture().main().layer(layer).layout();
      Map<String, NDArray> before = values(fixture, source, layer);
      Map<String, NDArray> after = values(fixture, artifact, layer);
      for (LinearGroup group : layout.groups()) {
        for (List<String> linears : layout.storedTogether(group)) {
          List<double[]> each = linears.stream().map(scores.get(layer)::get).toList();
          all.add(
              new Pruned(
                  joined(linears, before),
                  joined(linears, after),
                  each.stream().flatMapToDouble(Arrays::stream).toArray(),
                  (int) group.inFeatures()));
        }
      }
    }
    return all;
  }

  private float[] joined(List<String> linears, Map<String, NDArray> values) {
    return torch
        .tensors()
        .concatenate(scope, linears.stream().map(values::get).toList(), 0)
        .toFloatArray();
  }

  /** Of each layer by linear, in float64 from float32 gradients. */
  private List<Map<String, double[]>> scores(
      ModelFixture fixture, Checkpoint source, List<long[]> samples, Order order) {
    List<Map<String, double[]>> sums = new ArrayList<>();
    for (int layer = 0; layer < fixture.architecture().layers(); layer++) {
      sums.add(new HashMap<>());
    }
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
    new GradientSurvey(model.weights(), model.context())
        .look(
            (layer, sample, gradients) ->
                gradients.forEach(
                    (name, each) -> {
                      float[] own = each.toFloatArray();
                      double[] sum =
                          sums.get(layer.position())
                              .computeIfAbsent(name, all -> new double[own.length]);
                      for (int i = 0; i < own.length; i++) {
                        sum[i] += order == Order.FIRST ? own[i] : (double) own[i] * own[i];
                      }
                    }));
    for (int layer = 0; layer < sums.size(); layer++) {
      Map<String, NDArray> weights = values(fixture, source, layer);
      sums.get(layer)
          .forEach(
              (name, sum) -> {
                float[] w = Objects.requireNonNull(weights.get(name), name).toFloatArray();
                for (int i = 0; i < w.length; i++) {
                  double mean = sum[i] / samples.size();
                  sum[i] = order == Order.FIRST ? Math.abs(w[i] * mean) : w[i] * mean * w[i];
                }
              });
    }
    return sums;
  }

  private Map<String, NDArray> values(ModelFixture fixture, Checkpoint checkpoint, int layer) {
    return new CheckpointWeights(torch, checkpoint, fixture.architecture())
        .layers(0)
        .values(scope, layer);
  }

  private List<LinearOutcome> run(
      ModelFixture fixture, Checkpoint source, TaylorParameters parameters, List<long[]> samples) {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            source,
            List.of(new Step("taylor", parameters)),
            samples,
            directory.resolve("artifact"),
            (stage, done, layers) -> {})
        .get(0)
        .linears();
  }

  /** Two tokens reach some of the experts; the others are not emptied for that. */
  @Test
  void whatTheLossDoesNotFeelGoesByMagnitude() {
    ModelFixture fixture = ModelFixture.of("mixtral");
    List<LinearOutcome> outcomes =
        run(
            fixture,
            fixture.checkpoint(),
            new TaylorParameters(new Sparsity.Unstructured(RATIO), Within.MODEL, Order.FIRST),
            List.of(new long[] {5, 9}));

    assertThat(outcomes).isSortedAccordingTo(Comparator.comparingInt(LinearOutcome::layer));
    assertThat(outcomes)
        .filteredOn(each -> each.linear().contains("experts") && each.note() != null)
        .isNotEmpty()
        .allSatisfy(
            each -> {
              assertThat(each.note()).isEqualTo("pruned by magnitude: the loss does not feel it");
              assertThat(each.substitutions()).isNotEmpty();
              assertThat(each.sparsity()).isBetween(RATIO - 0.02, RATIO + 0.02);
            });
  }

  @Test
  void modelsWithoutSuchALossAreRefused() {
    ModelFixture fixture = ModelFixture.of("bert");
    assertThatThrownBy(
            () ->
                run(
                    fixture,
                    fixture.checkpoint(),
                    new TaylorParameters(Sparsity.parse("0.5"), Within.LINEAR, Order.FIRST),
                    List.of(new long[] {5, 9})))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage taylor: found a model of kind MASKED");
  }
}
