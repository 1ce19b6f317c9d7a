package dev.assay.engine.lowrank;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LossSurvey;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Factors by another method, each weight to a rank by what it costs the loss alone. */
final class RankBudgetMethod implements PlannedMethod {
  private final double keep;
  private final RankSearch search;
  private final CompressionMethod alike;
  private final Function<LayerSurvey, Ranked> method;

  /**
   * A method that waits for its ranks.
   *
   * @param factoring the method
   * @param losses how its products are tried
   * @param rule from shares to ranks
   */
  record Ranked(LowRankMethod factoring, RankLosses losses, RankTrials.Rule rule) {}

  /**
   * @param keep share of all linears' parameters that stays
   * @param alike the method with the same share of each
   * @param method the one that gets ranks of its own, by a look at the model
   * @throws dev.assay.engine.config.BadInputException if no share is as low
   */
  RankBudgetMethod(
      double keep,
      RankSearch search,
      CompressionMethod alike,
      Function<LayerSurvey, Ranked> method) {
    search.requireReaches(keep);
    this.keep = keep;
    this.search = search;
    this.alike = alike;
    this.method = method;
  }

  /** Also for the loss, whatever the method itself looks at. */
  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public Set<Statistic> statistics() {
    return alike.statistics();
  }

  @Override
  public boolean differentiates() {
    return alike.differentiates();
  }

  @Override
  public int copies() {
    return alike.copies();
  }

  /** What flows into a layer, and into and out of one behind it. */
  @Override
  public int states() {
    return 3;
  }

  @Override
  public boolean factors() {
    return true;
  }

  @Override
  public Optional<String> ownOnly() {
    return alike.ownOnly();
  }

  @Override
  public double storedBits(DType source) {
    return alike.storedBits(source);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    LossSurvey.requireFits(spec);
    alike.requireFits(spec);
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    Ranked ranked = method.apply(survey);
    List<WeightLosses> weights = weights(ranked, survey);
    List<Double> shares = RankSplit.of(weights, search.shares(), keep);
    return ranked.factoring().with(new SharedRanks(ranked.rule(), weights, shares));
  }

  /** What each weight costs alone. */
  List<WeightLosses> weights(Ranked ranked, LayerSurvey survey) {
    return new RankTrials(search.shares(), ranked.rule(), ranked.losses())
        .of(survey.losses(search.samples()), ranked.factoring().statistics());
  }
}
