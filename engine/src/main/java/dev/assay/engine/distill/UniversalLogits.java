package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import java.util.List;

/**
 * Universal logit distillation: probabilities in descending order against those of a teacher with
 * other tokens, Σ |q − p| per position of the answers, per sequence.
 *
 * @param studentTemperature what the student's logits are divided by
 * @param teacherTemperature what the teacher's are divided by
 * @param skipStudentEnd whether the last token of the student's answer is left out
 * @param skipTeacherEnd whether that of the teacher's is
 * @param positions whose logits count
 * @see <a href="https://arxiv.org/abs/2402.12030">Boizard et al. 2024, ULD</a>
 */
public record UniversalLogits(
    @Default("1") @Describe("what the student's logits are divided by") double studentTemperature,
    @Default("1") @Describe("what the teacher's logits are divided by") double teacherTemperature,
    @Default("false") @Describe("leave out the last token of the student's answer")
        boolean skipStudentEnd,
    @Default("false") @Describe("leave out the last token of the teacher's answer")
        boolean skipTeacherEnd,
    @Default("predicting")
        @Describe("whose logits count: those that predict an answer's tokens, or those at them")
        Positions positions)
    implements LossTerm {
  /** Whose logits count. */
  public enum Positions {
    /** Those that predict the tokens of an answer, as in the authors' code. */
    PREDICTING,
    /** Those at the tokens of an answer, as in trl. */
    OBSERVED
  }

  public UniversalLogits {
    Numbers.positive("studentTemperature", studentTemperature);
    Numbers.positive("teacherTemperature", teacherTemperature);
  }

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    return TermModule.learned(
        TermBuild.node("universal.Universal")
            .with("student_temperature", studentTemperature)
            .with("teacher_temperature", teacherTemperature)
            .with("skip_student_end", skipStudentEnd)
            .with("skip_teacher_end", skipTeacherEnd)
            .with("observed", positions == Positions.OBSERVED));
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.oneTeacher("uld", teachers);
  }

  @Override
  public boolean readsTeacherLogits() {
    return true;
  }
}
