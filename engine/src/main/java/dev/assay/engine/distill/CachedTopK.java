package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;

/**
 * The divergence of GKD on the teacher's most probable tokens, as they were kept in place of its
 * logits: log-probabilities under a temperature, and the log of what the others have together.
 *
 * @param tail whether the others together are one more entry; else both are divided by their sums
 * @param beta 0 for the forward divergence, 1 for the reverse, else what lies between
 * @param temperature that the log-probabilities were taken under
 */
public record CachedTopK(
    @Default("true") @Describe("tokens beside those kept count as one more, else not at all")
        boolean tail,
    @Default("0") @Describe("0: forward divergence, 1: reverse, else what lies between")
        double beta,
    @Default("1") @Describe("what the teacher's logits were divided by") double temperature)
    implements LossTerm {
  public CachedTopK {
    Require.within("beta", beta, 0, 1);
    Numbers.positive("temperature", temperature);
  }

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    return TermModule.learned(
        TermBuild.node("cached_top.CachedTop")
            .with(
                "rows",
                TermBuild.node("cached_top.CachedRows")
                    .with("tail", tail)
                    .with("beta", beta)
                    .with("temperature", temperature))
            .with("attended", false));
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.oneTeacher("cached-top-k", teachers);
    Fit.vocabularies("cached-top-k", student, teachers);
  }

  @Override
  public boolean comparesVocabularies() {
    return true;
  }

  @Override
  public boolean readsTeacherLogits() {
    return false;
  }
}
