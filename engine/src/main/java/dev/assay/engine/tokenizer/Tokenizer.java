package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Turns text into token ids and back. Text of any length is encoded whole: nothing is truncated or
 * padded. Holds native memory until closed; may be used from several threads.
 */
public interface Tokenizer extends AutoCloseable {

  /** Names of all files that decide what a tokenizer of a checkpoint does. */
  List<String> FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "spiece.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "encoder.json",
          "vocab.bpe",
          "vocab.txt");

  /**
   * Reads the tokenizer of a checkpoint: {@code tokenizer.json}, else SentencePiece's {@code
   * tokenizer.model} or {@code spiece.model}, else {@code vocab.json} with {@code merges.txt} (or
   * {@code encoder.json} with {@code vocab.bpe}), else BERT's {@code vocab.txt}; and {@code
   * tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json} where
   * there are such. Never touches the network.
   *
   * @throws BadInputException if a file is missing or broken; the message names it
   */
  static Tokenizer fromDirectory(Path directory) {
    return new DjlTokenizer(TokenizerFiles.read(directory));
  }

  /**
   * Opens a tokenizer that is not in a directory; {@link #sha256} is that of its text.
   *
   * @param name of what it comes from, for messages
   * @param json the text of a {@code tokenizer.json}
   * @throws BadInputException if that is no tokenizer
   */
  static Tokenizer fromJson(String name, String json, SpecialTokens special) {
    byte[] content = json.getBytes(StandardCharsets.UTF_8);
    return new DjlTokenizer(
        TokenizerDescription.of(
            name,
            json,
            DigestUtils.sha256Hex(content),
            TokenizerDescription.ids(name, TokenizerInputs.object(name, content)),
            special));
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
    String name = source.toString();
    return fromJson(
        name,
        new String(json, StandardCharsets.UTF_8),
        SpecialTokens.of(
            TokenizerDescription.ids(name, TokenizerInputs.object(name, json)), config));
  }

  /** Token ids of the text alone, without special tokens around it. */
  long[] encode(String text);

  /** Token ids with the special tokens that the tokenizer puts around a text. */
  long[] encodeWithSpecialTokens(String text);

  /** The text of token ids, special tokens written out. */
  String decode(long[] ids);

  /** The text of token ids, special tokens left out. */
  String decodeWithoutSpecialTokens(long[] ids);

  /** Number of tokens, added ones included. */
  int vocabSize();

  /** The largest id of all tokens. */
  long largestId();

  /** The file, or whatever else, that the vocabulary comes from. */
  String name();

  /**
   * Id of the token that begins a sequence: the {@code bos_token} that the tokenizer's files name,
   * otherwise the one that its post-processor puts in front of a text, if there is one.
   */
  OptionalLong bosId();

  /** Id of the token that ends a sequence, if the tokenizer's files name one. */
  OptionalLong eosId();

  /**
   * Id of the token that stands in a gap that is to be filled, if the tokenizer's files name one.
   */
  OptionalLong maskId();

  /**
   * Whether the model expects a BOS in front of a text: {@code add_bos_token} of {@code
   * tokenizer_config.json} says so, or, where that is absent, {@link #encodeWithSpecialTokens} puts
   * one there.
   */
  boolean addsBos();

  /**
   * sha256 in hex of what the tokenizer is read from, as part of what decides a figure: of {@code
   * tokenizer.json}, or over the hashes and names of all files where it is put together.
   */
  String sha256();

  /** The text of a {@code tokenizer.json} that does what this one does. */
  String json();

  /** How many bytes of a text each token stands for. */
  TokenBytes bytes();

  @Override
  void close();
}
