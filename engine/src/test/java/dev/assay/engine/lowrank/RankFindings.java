package dev.assay.engine.lowrank;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.model.ModelSpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** What a search for ranks finds, for tests elsewhere. */
public final class RankFindings {
  private final RankSearcher searcher;
  private final List<TriedWeight> tried;
  private final RankChoice choice;

  private RankFindings(RankSearcher searcher, List<TriedWeight> tried, RankChoice choice) {
    this.searcher = searcher;
    this.tried = tried;
    this.choice = choice;
  }

  public static RankFindings of(AsvdParameters parameters, LayerSurvey survey) {
    RankSearch search = Objects.requireNonNull(parameters.search());
    RankSearcher searcher = new RankSearcher(parameters, search);
    List<TriedWeight> tried = searcher.tried(survey.losses(search.samples()));
    return new RankFindings(
        searcher, tried, RankChoice.of(tried, search.shares(), parameters.keep()));
  }

  /** Full names of the weights, each of one linear. */
  public List<String> names(ModelSpec spec) {
    return tried.stream()
        .map(
            each ->
                each.layer() == LinearOutcome.BESIDE
                    ? spec.names().head()
                    : spec.names().inLayer(each.layer(), each.linears().get(0)))
        .toList();
  }

  public int place() {
    return choice.place();
  }

  /** 0 where one stays whole. */
  public int[] ranks() {
    return IntStream.range(0, tried.size())
        .map(
            i -> {
              double share = choice.shares().get(i);
              TriedWeight each = tried.get(i);
              return share < 1 ? (int) searcher.rank(share, each.out(), each.in()) : 0;
            })
        .toArray();
  }

  /** Weight by weight, share by share. */
  public double[] perplexities() {
    return tried.stream()
        .flatMap(each -> each.perplexities().stream())
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
