package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import java.util.List;

/** What terms demand of the models that they compare. */
final class Fit {
  private Fit() {}

  static void teacher(String term, List<ModelSizes> teachers) {
    if (teachers.isEmpty()) {
      throw new BadInputException(term + ": found no teacher, expected one to learn from");
    }
  }

  static void oneTeacher(String term, List<ModelSizes> teachers) {
    teacher(term, teachers);
    if (teachers.size() > 1) {
      throw new BadInputException(term + ": found " + teachers.size() + " teachers, expected one");
    }
  }

  static void vocabularies(String term, ModelSizes student, List<ModelSizes> teachers) {
    teacher(term, teachers);
    for (ModelSizes teacher : teachers) {
      if (teacher.vocabulary() != student.vocabulary()) {
        throw new BadInputException(
            "%s: found vocabularies of %d and %d, expected one for student and teacher; uld compares others"
                .formatted(term, student.vocabulary(), teacher.vocabulary()));
      }
    }
  }

  static void widths(String term, ModelSizes student, List<ModelSizes> teachers) {
    teacher(term, teachers);
    same(term, "width", student.hidden(), teachers.get(0).hidden());
  }

  static void same(String term, String what, int student, int teacher) {
    if (student != teacher) {
      throw new BadInputException(
          "%s: found a %s of %d in the student and of %d in the teacher, expected the same"
              .formatted(term, what, student, teacher));
    }
  }

  static void divides(String term, String what, int heads, int width) {
    if (width % heads != 0) {
      throw new BadInputException(
          "%s: found %d heads and %s of a width of %d, expected heads that divide it"
              .formatted(term, heads, what, width));
    }
  }
}
