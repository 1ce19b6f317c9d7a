package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.Collection;
import java.util.Map;

/**
 * Writes BERT's WordPiece vocabulary (Devlin et al. 2019) as {@code tokenizer.json}.
 *
 * @param name of what it is made from, for messages
 * @param vocabulary token to id; {@code ##} in front marks a token inside a word
 * @param lowerCase whether text is put into lower case and stripped of accents
 * @param splitChinese whether every Chinese character is a word
 * @param unknown token for words that cannot be made
 */
public record WordPieceConversion(
    String name,
    Map<String, Integer> vocabulary,
    boolean lowerCase,
    boolean splitChinese,
    String unknown) {
  private static final int LONGEST_WORD = 100;

  /**
   * Checks the vocabulary.
   *
   * @throws BadInputException if it lacks the unknown token
   */
  public WordPieceConversion {
    if (!vocabulary.containsKey(unknown)) {
      throw new BadInputException(
          "%s: found no '%s' among %d tokens, expected BERT's vocabulary, a token a line"
              .formatted(name, unknown, vocabulary.size()));
    }
  }

  /**
   * The text of a {@code tokenizer.json}.
   *
   * @param added special tokens and others that are found in a text first
   * @param frame what stands around a text
   * @throws BadInputException if ids contradict each other
   */
  public String json(Collection<AddedToken> added, Frame frame) {
    ObjectNode normalizer =
        TokenizerPipeline.typed("BertNormalizer")
            .put("clean_text", true)
            .put("handle_chinese_chars", splitChinese)
            .put("lowercase", lowerCase);
    normalizer.putNull("strip_accents");
    ObjectNode model =
        TokenizerPipeline.typed("WordPiece")
            .put("unk_token", unknown)
            .put("continuing_subword_prefix", "##")
            .put("max_input_chars_per_word", LONGEST_WORD);
    ObjectNode tokens = model.putObject("vocab");
    vocabulary.forEach(tokens::put);
    return new TokenizerPipeline(
            name,
            vocabulary,
            normalizer,
            TokenizerPipeline.typed("BertPreTokenizer"),
            model,
            TokenizerPipeline.typed("WordPiece").put("prefix", "##").put("cleanup", true))
        .text(added, frame);
  }
}
