package dev.assay.engine.finetune;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.distill.LossTerm;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.UniversalLogits;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.train.RetokenizedWindows;
import dev.assay.engine.train.SharedVocabulary;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TrainingData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.commons.lang3.ArrayUtils;
import org.jspecify.annotations.Nullable;

/**
 * What teachers read: the student's tokens where they have the same, else the same texts in their
 * own.
 *
 * @param student whose tokens windows are in
 * @param others for each teacher the checkpoint whose tokens it reads; null where it reads the
 *     student's
 * @param vocabulary first logits that all of them have a token for; 0 where they have as many rows
 * @param notes of what was aligned
 */
record TeacherTokens(
    Checkpoint student, List<@Nullable Checkpoint> others, long vocabulary, List<String> notes) {
  /**
   * Compares teachers with the student.
   *
   * @throws BadInputException if a teacher has other tokens and a term compares token by token
   */
  static TeacherTokens of(
      TokenReader student,
      List<Teacher> teachers,
      List<TokenReader> taught,
      List<WeightedTerm> loss) {
    List<@Nullable Checkpoint> others = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    long rows = student.spec().spec().vocabularySize();
    long shared = rows;
    boolean narrowed = false;
    for (int i = 0; i < teachers.size(); i++) {
      if (teachers.get(i).isOriginal()) {
        others.add(null);
        continue;
      }
      long its = taught.get(i).spec().spec().vocabularySize();
      SharedVocabulary both;
      try (Tokenizer own = student.checkpoint().tokenizer();
          Tokenizer other = taught.get(i).checkpoint().tokenizer()) {
        both = SharedVocabulary.of(own, rows, other, its);
      }
      if (both.same() && !both.readable()) {
        throw new BadInputException(
            "teachers: %s: found %d rows of token vectors, expected one for each token of the student's tokenizer"
                .formatted(teachers.get(i).model(), its));
      }
      if (both.same()) {
        others.add(null);
        if (its != rows) {
          narrowed = true;
          shared = Math.min(shared, both.tokens());
          notes.add(
              "%s: found %d rows of logits and %d in the student, compared on the %d tokens that both have"
                  .formatted(teachers.get(i).model(), its, rows, both.tokens()));
        }
      } else {
        requireContinued(student.spec(), teachers.get(i));
        loss.forEach(term -> requireOthers(term));
        others.add(taught.get(i).checkpoint());
        notes.add(
            "%s: has other tokens than the student, and reads the same texts in its own"
                .formatted(teachers.get(i).model()));
      }
    }
    return new TeacherTokens(student.checkpoint(), others, narrowed ? shared : 0, notes);
  }

  /** Gaps and spans are in the student's tokens. */
  private static void requireContinued(ModelSpec student, Teacher teacher) {
    if (student.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "teachers: %s: found another tokenizer than the student's, expected the same one: models of %s are compared token by token alone"
              .formatted(teacher.model(), student.family()));
    }
  }

  private static void requireOthers(WeightedTerm term) {
    LossTerm each = term.term();
    if (each.needsTeacher() && !(each instanceof UniversalLogits)) {
      throw new BadInputException(
          "%s: found a teacher with another tokenizer than the student's, expected the same one: uld compares models of different tokens"
              .formatted(TermTypes.nameOf(term)));
    }
  }

  /**
   * Windows for student and teachers.
   *
   * @param length tokens that a teacher reads of a text at most
   */
  TrainingData data(TextWindows windows, long length) {
    if (others.stream().allMatch(each -> each == null)) {
      return windows;
    }
    List<@Nullable List<long[]>> taught = new ArrayList<>();
    try (Tokenizer own = student.tokenizer()) {
      for (Checkpoint other : others) {
        taught.add(other == null ? null : texts(own, other, windows, length));
      }
    }
    return new RetokenizedWindows(windows, taught);
  }

  private static List<long[]> texts(
      Tokenizer own, Checkpoint other, TextWindows windows, long length) {
    List<long[]> texts = new ArrayList<>();
    try (Tokenizer its = other.tokenizer()) {
      for (long[] window : windows.windows()) {
        long[] ids = reread(own, its, window);
        int kept = Math.toIntExact(Math.min(ids.length, length));
        texts.add(Arrays.copyOf(ids, kept));
      }
    }
    return texts;
  }

  /** What begins a text is no words of it, and each has its own token for that. */
  private static long[] reread(Tokenizer own, Tokenizer its, long[] window) {
    long[] ids = its.encode(own.decodeWithoutSpecialTokens(window));
    OptionalLong bos = own.bosId();
    boolean begins = bos.isPresent() && window[0] == bos.getAsLong();
    return begins && its.bosId().isPresent()
        ? ArrayUtils.addFirst(ids, its.bosId().getAsLong())
        : ids;
  }
}
