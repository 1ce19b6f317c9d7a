package dev.assay.engine.calibration;

import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A method that goes layer by layer, or may, to an extent that is said of the whole model. */
public final class ShareOfModel implements PlannedMethod, ExtentOfModel {
  private final CompressionMethod like;
  private final Giving giving;
  private final Function<ParameterShare, CompressionMethod> method;

  /**
   * @param like the same method of some extent, which says what it asks for
   * @param giving the linears that it takes parameters from
   * @param method the one that works; throws {@link dev.assay.engine.config.BadInputException}
   *     where linears have not so much to give
   */
  public ShareOfModel(
      CompressionMethod like, Giving giving, Function<ParameterShare, CompressionMethod> method) {
    this.like = like;
    this.giving = giving;
    this.method = method;
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    CompressionMethod found = method.apply(survey.share(giving));
    if (found instanceof PlannedMethod planned) {
      return planned.plan(survey);
    }
    if (found instanceof LayerwiseMethod layerwise) {
      return layerwise;
    }
    throw new IllegalStateException("a method that works on the model as a whole has no share");
  }

  @Override
  public void requireExtent(ModelSpec spec, Selection selection, long parameters) {
    CompressionMethod unused = method.apply(ParameterShare.of(spec, selection, parameters, giving));
  }

  @Override
  public void requireFits(ModelSpec spec) {
    like.requireFits(spec);
  }

  @Override
  public boolean needsCalibration() {
    return like.needsCalibration();
  }

  @Override
  public boolean differentiates() {
    return like.differentiates();
  }

  @Override
  public Set<Statistic> statistics() {
    return like.statistics();
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return like.misfit(out, in);
  }

  @Override
  public double storedBits(DType source) {
    return like.storedBits(source);
  }

  @Override
  public int copies() {
    return like.copies();
  }

  @Override
  public int states() {
    return like.states();
  }

  @Override
  public boolean factors() {
    return like.factors();
  }

  @Override
  public boolean narrows() {
    return like.narrows();
  }

  @Override
  public Optional<GridForm> grid() {
    return like.grid();
  }

  @Override
  public boolean inCompressedTensors() {
    return like.inCompressedTensors();
  }

  /** As if the extent were said of the linears, which is less than it comes to. */
  @Override
  public List<ModelSpec> mayLeave(ModelSpec spec, Selection selection) {
    return like.mayLeave(spec, selection);
  }

  @Override
  public Optional<String> ownOnly() {
    return like.ownOnly();
  }
}
