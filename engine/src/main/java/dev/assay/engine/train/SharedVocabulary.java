package dev.assay.engine.train;

import dev.assay.engine.tokenizer.Tokenizer;

/**
 * The tokens that two models have in common, where they have one tokenizer: models are often padded
 * to more rows than there are tokens.
 *
 * @param same whether both read texts as the same tokens
 * @param tokens ids below it are tokens of both
 * @param readable whether the teacher has a row for every token of the tokenizer that the student
 *     has
 */
public record SharedVocabulary(boolean same, long tokens, boolean readable) {
  /**
   * Compares tokenizers, token by token, as far as both models have rows.
   *
   * @param rows of the student's logits
   * @param others of the teacher's
   */
  public static SharedVocabulary of(Tokenizer student, long rows, Tokenizer teacher, long others) {
    long tokens =
        Math.min(Math.min(rows, others), Math.max(student.largestId(), teacher.largestId()) + 1);
    boolean readable = others > Math.min(student.largestId(), rows - 1);
    if (student.sha256().equals(teacher.sha256())) {
      return new SharedVocabulary(true, tokens, readable);
    }
    boolean alike =
        Math.min(student.largestId(), rows - 1) == Math.min(teacher.largestId(), others - 1);
    for (long id = 0; alike && id < tokens; id++) {
      long[] one = {id};
      alike = student.decode(one).equals(teacher.decode(one));
    }
    return new SharedVocabulary(alike, tokens, readable);
  }
}
