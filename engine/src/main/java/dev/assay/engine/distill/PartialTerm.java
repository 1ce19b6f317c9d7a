package dev.assay.engine.distill;

import java.util.List;

/**
 * A term that is taken of some batches alone.
 *
 * @param use of those batches, as {@code batch.Batch} has it
 */
public record PartialTerm(LossTerm term, long use) implements LossTerm {
  @Override
  public TermModule module(TermBuild build) {
    TermModule whole = term.module(build);
    return new TermModule(
        TermBuild.node("term.Only").with("term", whole.node()).with("use", use),
        whole.fixedBelow("term"));
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return term.needs(studentLayers, teacherLayers);
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    term.requireFit(student, teachers);
  }

  @Override
  public boolean needsTeacher() {
    return term.needsTeacher();
  }

  @Override
  public boolean readsLabels() {
    return term.readsLabels();
  }

  @Override
  public boolean comparesVocabularies() {
    return term.comparesVocabularies();
  }

  @Override
  public boolean sharesTeachers() {
    return term.sharesTeachers();
  }

  @Override
  public boolean readsTeacherLogits() {
    return term.readsTeacherLogits();
  }
}
