package dev.assay.engine.lowrank;

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

/** ASVD with ranks that are searched by what each weight costs the perplexity. */
final class RankSearchMethod implements PlannedMethod {
  private final AsvdParameters parameters;
  private final RankSearcher searcher;

  RankSearchMethod(AsvdParameters parameters, RankSearch search) {
    this.parameters = parameters;
    this.searcher = new RankSearcher(parameters, search);
  }

  @Override
  public Set<Statistic> statistics() {
    return searcher.statistics();
  }

  @Override
  public int copies() {
    return LowRankMethod.COPIES;
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
  public boolean factorsHead() {
    return true;
  }

  @Override
  public Optional<String> ownOnly() {
    return Optional.of(LowRankMethod.OWN);
  }

  @Override
  public double storedBits(DType source) {
    return parameters.keep() * storedType(source).bytes() * Byte.SIZE;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    LossSurvey.requireFits(spec);
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    RankSearch search = searcher.search();
    List<TriedWeight> tried = searcher.tried(survey.losses(search.samples()));
    RankChoice choice = RankChoice.of(tried, search.shares(), parameters.keep());
    return LowRankMethod.of(parameters.keep(), new SearchedRanks(searcher, tried, choice));
  }
}
