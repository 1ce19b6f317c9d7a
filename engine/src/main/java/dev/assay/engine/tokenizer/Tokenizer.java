package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Turns text into token ids and back. Text of any length is encoded whole: nothing is truncated or
 * padded. Holds native memory until closed; may be used from several threads.
 */
public interface Tokenizer extends AutoCloseable {

  /**
   * Reads the tokenizer of a checkpoint: {@code tokenizer.json}, and {@code tokenizer_config.json}
   * where there is one. Never touches the network.
   *
   * @throws BadInputException if a file is missing or broken; the message names it
   */
  static Tokenizer fromDirectory(Path directory) {
    TokenizerFiles files = TokenizerFiles.read(directory);
    return new DjlTokenizer(files);
  }

  /**
   * A tokenizer that some other file holds.
   *
   * @param source that file, for messages
   * @param json what {@code tokenizer.json} would be
   * @param config what {@code tokenizer_config.json} would be
   * @throws BadInputException if they are broken
   */
  static Tokenizer fromJson(Path source, byte[] json, JsonNode config) {
    return new DjlTokenizer(TokenizerFiles.of(source, json, source, config));
  }

  /** Token ids of the text alone, without special tokens around it. */
  long[] encode(String text);

  /** Token ids with the special tokens that {@code tokenizer.json} puts around a text. */
  long[] encodeWithSpecialTokens(String text);

  /** The text of token ids, special tokens written out. */
  String decode(long[] ids);

  /** The text of token ids, special tokens left out. */
  String decodeWithoutSpecialTokens(long[] ids);

  /** Number of tokens, added ones included. */
  int vocabSize();

  /** Id of the token that begins a sequence, if {@code tokenizer_config.json} names one. */
  OptionalLong bosId();

  /** Id of the token that ends a sequence, if {@code tokenizer_config.json} names one. */
  OptionalLong eosId();

  /**
   * Whether the model expects a BOS in front of a text: {@code add_bos_token} of {@code
   * tokenizer_config.json}, or, where that is absent, what {@code tokenizer.json} does.
   */
  boolean addsBos();

  /** sha256 of {@code tokenizer.json} in hex, as part of what decides a figure. */
  String sha256();

  @Override
  void close();
}
