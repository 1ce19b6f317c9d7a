package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds the tokenizer of a checkpoint in whichever form it is published. */
final class TokenizerFiles {
  private static final String TOKENIZER_JSON = "tokenizer.json";
  private static final List<String> SENTENCE_PIECE = List.of("tokenizer.model", "spiece.model");
  private static final Map<String, String> BYTE_LEVEL =
      Map.of("vocab.json", "merges.txt", "encoder.json", "vocab.bpe");
  private static final String WORD_PIECE = "vocab.txt";

  private TokenizerFiles() {}

  /** Reads the first of the forms that is there: the one that leaves least to conversion. */
  static TokenizerDescription read(Path directory) {
    TokenizerInputs inputs = new TokenizerInputs(directory);
    TokenizerSettings settings = new TokenizerSettings(inputs);
    if (inputs.has(TOKENIZER_JSON)) {
      return published(inputs, settings);
    }
    for (String file : SENTENCE_PIECE) {
      if (inputs.has(file)) {
        return converted(inputs, settings, SentencePieceFile.read(inputs, file, settings));
      }
    }
    for (String file : List.of("vocab.json", "encoder.json")) {
      String merges = BYTE_LEVEL.getOrDefault(file, "");
      if (inputs.has(file) && inputs.has(merges)) {
        return converted(inputs, settings, ByteLevelFiles.read(inputs, file, merges, settings));
      }
    }
    if (inputs.has(WORD_PIECE)) {
      return converted(inputs, settings, WordPieceFile.read(inputs, WORD_PIECE, settings));
    }
    throw new BadInputException(
        directory
            + ": no tokenizer; expected tokenizer.json, tokenizer.model or spiece.model,"
            + " vocab.json with merges.txt, encoder.json with vocab.bpe, or vocab.txt");
  }

  private static TokenizerDescription published(
      TokenizerInputs inputs, TokenizerSettings settings) {
    String name = inputs.path(TOKENIZER_JSON).toString();
    String text = inputs.strictText(TOKENIZER_JSON);
    Map<String, Long> ids =
        TokenizerDescription.ids(
            name, TokenizerInputs.object(name, text.getBytes(StandardCharsets.UTF_8)));
    return TokenizerDescription.of(
        name,
        text,
        inputs.sha256(TOKENIZER_JSON),
        ids,
        new SpecialTokens(
            settings.id("bos_token", ids),
            settings.id("eos_token", ids),
            id(settings.token("mask_token"), ids),
            settings.flag("add_bos_token")));
  }

  private static TokenizerDescription converted(
      TokenizerInputs inputs, TokenizerSettings settings, TokenizerParts parts) {
    Map<String, Long> ids =
        TokenizerDescription.ids(
            parts.name(),
            TokenizerInputs.object(parts.name(), parts.json().getBytes(StandardCharsets.UTF_8)));
    return TokenizerDescription.of(
        parts.name(),
        parts.json(),
        inputs.sha256(),
        ids,
        new SpecialTokens(
            id(parts.bos(), ids),
            id(parts.eos(), ids),
            id(settings.token("mask_token"), ids),
            settings.flag("add_bos_token")));
  }

  private static OptionalLong id(Optional<String> token, Map<String, Long> ids) {
    Long id = token.map(ids::get).orElse(null);
    return id == null ? OptionalLong.empty() : OptionalLong.of(id);
  }
}
