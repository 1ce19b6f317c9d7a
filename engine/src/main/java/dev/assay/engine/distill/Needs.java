package dev.assay.engine.distill;

/**
 * What terms read of the two models.
 *
 * @param student of the student
 * @param teacher of the teacher; of the first, where there are several
 */
public record Needs(Reads student, Reads teacher) {
  /** Logits at most. */
  public static final Needs NONE = new Needs(Reads.NONE, Reads.NONE);

  /** What either reads. */
  public Needs and(Needs other) {
    return new Needs(student.and(other.student), teacher.and(other.teacher));
  }
}
