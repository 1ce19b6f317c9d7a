package dev.assay.engine.distill;

import java.util.List;

/**
 * A divergence of the student's distributions from those of its teachers.
 *
 * @param form which
 * @param soft of what, and over what
 */
public record SoftTargets(DivergenceForm form, Soft soft) implements LossTerm {
  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    return soft.module(
        build,
        TermBuild.node("soft_rows.SoftRows")
            .with("divergence", form.node())
            .with("temperature", soft.temperature())
            .with("combine", soft.teachers().code()),
        soft.scaled() ? soft.temperature() * soft.temperature() : 1);
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    String term = TermTypes.nameOf(form.getClass());
    Fit.vocabularies(term, student, teachers);
    soft.requireFit(term, teachers);
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
