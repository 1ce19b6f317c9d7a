package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.LayerCut;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes layers narrower, one after the other. */
final class CutMethod implements LayerwiseMethod {
  /** Of the mean of the second moments, so that inputs that say the same do no harm. */
  private static final double RIDGE = 1e-3;

  private final WidthRequest request;
  private final Set<Statistic> scored;
  private final Function<LayerContext, LayerCut> cuts;

  /**
   * @param scored what choosing wants to know of inputs
   * @param cuts chooses what stays of a layer
   */
  CutMethod(WidthRequest request, Set<Statistic> scored, Function<LayerContext, LayerCut> cuts) {
    this.request = request;
    this.scored = Set.copyOf(scored);
    this.cuts = cuts;
  }

  /**
   * Cuts that are settled.
   *
   * @param cuts by the positions of layers; others stay as they are
   */
  static CutMethod planned(WidthRequest request, Map<Integer, LayerCut> cuts) {
    return new CutMethod(
        request,
        Set.of(),
        layer -> {
          LayerCut cut = cuts.get(layer.position());
          return cut == null ? LayerCut.nothing(layer.spec()) : cut;
        });
  }

  @Override
  public Set<Statistic> statistics() {
    return request.statistics(scored);
  }

  /** A bias makes up for what the uncompressed model's inputs were, as FLAP has it. */
  @Override
  public Propagation propagation() {
    return request.recovery() == Recovery.MEAN ? Propagation.ORIGINAL : Propagation.COMPRESSED;
  }

  @Override
  public boolean narrows() {
    return true;
  }

  @Override
  public Optional<String> ownOnly() {
    return request.ownOnly();
  }

  @Override
  public ModelSpec narrowed(ModelSpec spec, Selection selection) {
    return request.narrowed(spec, selection);
  }

  @Override
  public Optional<String> leavesAll(ModelSpec spec, Selection selection) {
    return request.leavesAll(spec, selection);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    request.requireFits(spec);
  }

  @Override
  public double storedBits(DType source) {
    return request.storedBits(storedType(source));
  }

  @Override
  public void compress(LayerContext layer) {
    LayerCut cut = cuts.apply(layer);
    LayerSpec spec = layer.spec();
    if (cut.changed(spec).isEmpty()) {
      return;
    }
    Map<String, NDArray> weights = new HashMap<>();
    Map<String, NDArray> biases = new HashMap<>();
    try (NDManager scope = layer.scope().newSubManager()) {
      for (int group = 0; group < spec.layout().groups().size(); group++) {
        Optional<long[]> kept = cut.columns(spec, group);
        if (kept.isPresent() && request.recovery() != Recovery.NONE) {
          recover(layer, scope, group, kept.get(), weights, biases);
        }
      }
      layer.cut(cut, weights, biases, note(cut, spec));
    }
  }

  private void recover(
      LayerContext layer,
      NDManager scope,
      int index,
      long[] kept,
      Map<String, NDArray> weights,
      Map<String, NDArray> biases) {
    LinearGroup group = layer.spec().layout().groups().get(index);
    GroupStatistics inputs = layer.statistics(group);
    String linear = group.linears().get(0);
    Optional<String> tooFew = inputs.tooFew();
    if (tooFew.isPresent()) {
      layer.substitute(
          linear, new Substitution("made up for", "left without what went", tooFew.get()));
      return;
    }
    RecoverySolver solver = new RecoverySolver(layer.torch());
    NDArray weight = layer.weight(linear);
    switch (request.recovery()) {
      case MEAN -> {
        NDArray means = solver.halves(scope, inputs.means());
        biases.put(linear, solver.mean(scope, weight, kept, means));
      }
      case LEAST_SQUARES ->
          weights.put(linear, solver.leastSquares(scope, weight, kept, inputs.hessian(), RIDGE));
      case AFFINE -> {
        NDArray moments = inputs.secondMoments(scope);
        List<NDArray> both = solver.affine(scope, weight, kept, moments, inputs.means(), RIDGE);
        weights.put(linear, both.get(0));
        biases.put(linear, both.get(1));
      }
      case NONE -> throw new IllegalStateException("nothing to make up for");
    }
  }

  private static String note(LayerCut cut, LayerSpec spec) {
    StringBuilder note = new StringBuilder();
    if (cut.cutsHeads(spec)) {
      note.append(
          "%d of %d key and value heads"
              .formatted(cut.keyValueHeads().size(), spec.attention().keyValueHeads()));
    }
    if (cut.cutsChannels(spec)) {
      note.append(note.isEmpty() ? "" : " and ")
          .append(
              "%d of %d channels"
                  .formatted(cut.channels().get(0).size(), spec.feedForward().intermediateSize()));
    }
    return note.append(" of the layer are left").toString();
  }
}
