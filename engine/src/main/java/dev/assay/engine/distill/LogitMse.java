package dev.assay.engine.distill;

import java.util.List;

/**
 * (z / τ − y / τ)² of the student's logits z and the weighted mean y of its teachers'; multiplied
 * by τ² where it is scaled.
 *
 * @param soft how, and over what; teachers' logits are averaged whatever it says
 * @see <a href="https://arxiv.org/abs/1312.6184">Ba and Caruana 2014</a>
 */
public record LogitMse(Soft soft) implements LossTerm {
  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    double temperature = soft.temperature();
    return soft.module(
        build,
        TermBuild.node("soft_rows.SquaredRows"),
        soft.scaled() ? 1 : 1 / (temperature * temperature));
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.vocabularies("logit-mse", student, teachers);
    soft.requireFit("logit-mse", teachers);
  }

  @Override
  public boolean sharesTeachers() {
    return true;
  }

  @Override
  public boolean comparesVocabularies() {
    return true;
  }
}
