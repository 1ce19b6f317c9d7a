package dev.assay.engine.distill;

import java.util.List;

/**
 * A term of the loss that a student is trained by: a number of a batch, from what the student and
 * its teachers make of it.
 *
 * <p>Sums over tokens are divided by counts of the whole step, so that it makes no difference how a
 * step's batches were padded or split; padding, and the prompt unless said otherwise, are left out.
 */
public sealed interface LossTerm
    permits CrossEntropy,
        Hinton,
        SoftTargets,
        LogitMse,
        CachedTopK,
        UniversalLogits,
        StateTerm,
        DistilBert,
        Ted,
        TedFilters,
        PolicyGradient,
        PartialTerm {
  /**
   * The {@code term.Term} that computes it, with the tensors of its own.
   *
   * @throws dev.assay.engine.config.BadInputException as {@link #requireFit} does
   */
  TermModule module(TermBuild build);

  /**
   * What it reads of the models beside their logits.
   *
   * @throws dev.assay.engine.config.BadInputException if they have too few layers
   */
  Needs needs(int studentLayers, int teacherLayers);

  /**
   * Makes sure that the models can be compared so.
   *
   * @param teachers none where there is no teacher
   * @throws dev.assay.engine.config.BadInputException if not; says what was found and expected
   */
  void requireFit(ModelSizes student, List<ModelSizes> teachers);

  /** Whether there has to be a teacher. */
  default boolean needsTeacher() {
    return true;
  }

  /** Whether it scores a token against the one that follows in the text. */
  default boolean readsLabels() {
    return false;
  }

  /** Whether it compares logits entry by entry, so that both models need one vocabulary. */
  default boolean comparesVocabularies() {
    return false;
  }

  /** Whether of several teachers it takes some for one sequence and others for another. */
  default boolean sharesTeachers() {
    return false;
  }

  /** Whether it reads the whole logits of teachers. */
  default boolean readsTeacherLogits() {
    return comparesVocabularies();
  }
}
