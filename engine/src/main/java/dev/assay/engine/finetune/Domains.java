package dev.assay.engine.finetune;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.train.SharedSequences;
import dev.assay.engine.train.TrainingData;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who teaches which answers: those of a domain have the teachers that name it, and those that name
 * none.
 */
record Domains(List<Teacher> teachers) {
  Domains {
    teachers = List.copyOf(teachers);
  }

  /** Whether some teacher does not teach all. */
  boolean told() {
    return teachers.stream().anyMatch(each -> each.domains() != null);
  }

  /**
   * Makes sure that domains can be told, and that terms take of each example its teachers alone.
   */
  void require(List<WeightedTerm> loss, LearnedFrom from, boolean writes) {
    if (!told()) {
      return;
    }
    Answers answers = from.answers();
    Require.that(
        answers != null,
        "teachers.domains",
        from.data() == null ? "with generated" : "with data",
        "none without answers, whose lines say of which domain they are");
    Require.that(
        !writes,
        "teachers.domains",
        "with what the student writes",
        "none with onPolicy, whose texts are of no domain");
    for (WeightedTerm term : loss) {
      Require.that(
          !term.term().needsTeacher() || term.term().sharesTeachers(),
          "loss",
          TermTypes.nameOf(term) + " with domains of teachers",
          "terms of logits that take several teachers");
    }
    requireTaught(Objects.requireNonNull(answers, "answers"));
  }

  /**
   * Makes sure that somebody teaches each example.
   *
   * @throws BadInputException if nobody does; says of which domain it is
   */
  private void requireTaught(Answers answers) {
    Set<String> untaught = new LinkedHashSet<>();
    for (ChatExample example : answers.read()) {
      if (teachers.stream().noneMatch(each -> each.teaches(example.domain()))) {
        untaught.add(example.domain() == null ? "none" : "'" + example.domain() + "'");
      }
    }
    if (!untaught.isEmpty()) {
      throw new BadInputException(
          "answers: %s: found examples of domain %s, expected those that a teacher has: %s"
              .formatted(answers.file(), String.join(", ", untaught), names()));
    }
  }

  private List<String> names() {
    return teachers.stream()
        .filter(each -> each.domains() != null)
        .flatMap(each -> each.domains().stream())
        .distinct()
        .toList();
  }

  /**
   * Sequences with who teaches them.
   *
   * @param domains of each sequence; null for none
   */
  TrainingData of(TrainingData data, List<@Nullable String> domains) {
    if (!told()) {
      return data;
    }
    float[][] teaching = new float[domains.size()][teachers.size()];
    for (int i = 0; i < teaching.length; i++) {
      for (int teacher = 0; teacher < teachers.size(); teacher++) {
        teaching[i][teacher] = teachers.get(teacher).teaches(domains.get(i)) ? 1 : 0;
      }
    }
    return new SharedSequences(data, teaching);
  }
}
