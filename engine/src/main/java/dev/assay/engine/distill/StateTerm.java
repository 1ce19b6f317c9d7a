package dev.assay.engine.distill;

import java.util.List;

/**
 * A comparison of what the inner layers of the student and of its first teacher make of tokens.
 *
 * @param form which
 * @param compared of which states, over which tokens
 */
public record StateTerm(StateForm form, Compared compared) implements LossTerm {
  private List<StateMatch> matches(int studentLayers, int teacherLayers) {
    return compared.matches(studentLayers, teacherLayers, form.usualLayers());
  }

  private Tokens tokens() {
    Tokens tokens = compared.tokens();
    return tokens == null ? form.usualTokens() : tokens;
  }

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    return form.module(
        build, matches(build.student().layers(), build.teacher().layers()), tokens());
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return form.needs(matches(studentLayers, teacherLayers));
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.teacher(form.key(), teachers);
    form.requireFit(student, teachers.get(0), matches(student.layers(), teachers.get(0).layers()));
  }
}
