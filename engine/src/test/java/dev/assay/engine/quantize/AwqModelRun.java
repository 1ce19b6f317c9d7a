package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Source;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** AWQ on a golden case's model, and what it found on the way under the goldens' names. */
final class AwqModelRun {
  private final TorchSession torch;
  private final NDManager scope;
  private final GoldenCase golden;
  private final ModelFixture fixture;
  private final Checkpoint source;
  private final Map<String, Scales> scales = new LinkedHashMap<>();
  private final Map<String, Bounds> bounds = new LinkedHashMap<>();
  private final Map<String, NDArray> rounding = new LinkedHashMap<>();

  AwqModelRun(TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint source) {
    this.torch = torch;
    this.scope = scope;
    this.golden = golden;
    this.fixture = golden.model();
    this.source = source;
  }

  /** What the search of a group found. */
  record Scales(double ratio, double loss, List<Double> losses, NDArray scales) {}

  /**
   * Bounds of a linear.
   *
   * @param bounds [rows, groups]
   * @param greatest |w| of each group before clipping
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Bounds(NDArray bounds, float[] greatest) {
    /** Share of the groups whose bound is (1 − step / points) of their greatest weight. */
    double shareOfStep(int step, int points) {
      float[] found = bounds.toFloatArray();
      int count = 0;
      for (int i = 0; i < found.length; i++) {
        count += Math.round((1 - found[i] / greatest[i]) * points) == step ? 1 : 0;
      }
      return (double) count / found.length;
    }
  }

  Map<String, Scales> scales() {
    return scales;
  }

  Map<String, Bounds> bounds() {
    return bounds;
  }

  Checkpoint compress(AwqParameters parameters, Path target) {
    return walk(
        new AwqMethod(parameters, new Recording(parameters)),
        source,
        Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids"))),
        target);
  }

  /** The artifact with its linears as they were before they were rounded. */
  Checkpoint unrounded(Checkpoint artifact, Path target) {
    return walk(
        new LayerwiseMethod() {
          @Override
          public Set<Statistic> statistics() {
            return Set.of();
          }

          @Override
          public DType storedType(DType source) {
            return DType.FLOAT32;
          }

          @Override
          public void compress(LayerContext layer) {
            layer
                .layout()
                .linears()
                .forEach(
                    name ->
                        layer.storeDense(
                            name,
                            Objects.requireNonNull(rounding.get(layer.index() + "." + name)),
                            null));
          }
        },
        artifact,
        List.of(),
        target);
  }

  private Checkpoint walk(
      LayerwiseMethod method, Checkpoint source, List<long[]> calibration, Path target) {
    OneStage.run(torch, source, fixture.architecture(), method, calibration, target);
    return Checkpoint.open(target);
  }

  private String inLayer(LayerContext layer, String part) {
    return fixture.architecture().names().inLayer(layer.index(), part);
  }

  private static String front(LayerLayout layout, Source source) {
    if (source instanceof Source.Norm norm) {
      return Objects.requireNonNull(layout.modules().get(norm.module()));
    }
    return source instanceof Source.Rows rows
        ? layout.linear(rows.name()).tensor()
        : Objects.requireNonNull(layout.modules().get(LayerModule.ACTIVATION));
  }

  private final class Recording implements AwqTrace {
    private final int groupSize;

    Recording(AwqParameters parameters) {
      this.groupSize = parameters.groupSize();
    }

    @Override
    public void scales(LayerContext layer, Folding folding, AwqScales found) {
      LayerLayout layout = layer.layout();
      String linears =
          folding.linears().stream()
              .map(name -> layout.linear(name).tensor())
              .map(name -> name.substring(name.lastIndexOf('.') + 1))
              .distinct()
              .collect(Collectors.joining("+"));
      scales.put(
          inLayer(layer, front(layout, folding.source())) + ">" + linears,
          new Scales(
              found.ratio(),
              found.loss(),
              found.losses(),
              torch.tensors().copy(scope, found.scales())));
    }

    @Override
    public void bounds(LayerContext layer, String linear, NDArray found) {
      NDArray weight = layer.weight(linear);
      long rows = weight.getShape().get(0);
      NDArray groups = weight.abs().reshape(rows, -1, groupSize);
      bounds.put(
          inLayer(layer, linear),
          new Bounds(torch.tensors().copy(scope, found), groups.max(new int[] {2}).toFloatArray()));
    }

    @Override
    public void rounding(LayerContext layer, String linear, NDArray weight) {
      rounding.put(layer.index() + "." + linear, torch.tensors().copy(scope, weight));
    }
  }
}
