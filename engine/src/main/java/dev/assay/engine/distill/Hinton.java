package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;

/**
 * α τ² KL(p‖q) under a temperature, and 1 − α times the cross-entropy, which is under none and per
 * token.
 *
 * @param temperature τ
 * @param alpha α
 * @param reduction what the sum of divergences is divided by
 * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015</a>
 */
public record Hinton(
    @Default("2") @Describe("what the logits of both are divided by in the soft part")
        double temperature,
    @Default("0.5") @Describe("weight of the soft part; the labels have the rest") double alpha,
    @Default("tokens") @Describe("what the sum of the soft part is divided by") Reduction reduction)
    implements LossTerm {
  public Hinton {
    Numbers.positive("temperature", temperature);
    Require.within("alpha", alpha, 0, 1);
  }

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    LossTerm soft =
        new SoftTargets(
            new DivergenceForm.ForwardKl(true), Soft.at(temperature, true).per(reduction));
    return new Terms()
        .plus(alpha, soft.module(build))
        .plus(1 - alpha, CrossEntropy.plain().module(build))
        .sum();
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.vocabularies("hinton", student, teachers);
  }

  @Override
  public boolean sharesTeachers() {
    return true;
  }

  @Override
  public boolean comparesVocabularies() {
    return true;
  }

  @Override
  public boolean readsLabels() {
    return alpha < 1;
  }
}
