package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.Normalization;
import dev.assay.engine.tokenizer.convert.Piece;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import dev.assay.engine.tokenizer.convert.SentencePieceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A SentencePiece BPE vocabulary as the keys of a GGUF file's {@code llama} tokenizer. */
final class SentencePieceKeys {
  private SentencePieceKeys() {}

  /**
   * The vocabulary of a directory: of {@code tokenizer.json}, or of {@code tokenizer.model} where
   * there is only that and nothing adds to it.
   *
   * @param tokenizer content of {@code tokenizer.json}, a missing node where there is none
   */
  static Optional<SentencePieceModel> find(Path directory, JsonNode tokenizer, JsonNode config) {
    if (!tokenizer.isMissingNode()) {
      return SentencePieceForm.of(directory.resolve("tokenizer.json").toString(), tokenizer);
    }
    Path file = directory.resolve("tokenizer.model");
    if (!Files.isRegularFile(file) || Files.exists(directory.resolve("added_tokens.json"))) {
      return Optional.empty();
    }
    try {
      SentencePieceModel model =
          SentencePieceReader.read(file.toString(), Files.readAllBytes(file));
      Normalization rules = model.normalization();
      boolean simple =
          model.algorithm() == SentencePieceModel.Algorithm.BPE
              && rules.charsmap().isEmpty()
              && !rules.removeExtraBlanks()
              && rules.escapeBlanks();
      boolean alone =
          config.path("added_tokens_decoder").properties().stream()
              .allMatch(
                  entry -> model.ids().containsKey(entry.getValue().path("content").asText()));
      return Optional.of(model).filter(each -> simple && alone);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e, e);
    }
  }

  /** The vocabulary's keys, without those of special tokens. */
  static Map<String, GgufValue> of(SentencePieceModel model) {
    List<GgufValue> tokens = new ArrayList<>();
    List<GgufValue> scores = new ArrayList<>();
    List<GgufValue> types = new ArrayList<>();
    for (Piece piece : model.pieces()) {
      tokens.add(new GgufValue.Text(piece.text()));
      scores.add(GgufValue.float32(piece.score()));
      types.add(new GgufValue.Whole(ValueType.INT32, piece.type().code()));
    }
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    TokenizerKeys.put(keys, "model", new GgufValue.Text(SentencePieceTokenizer.MODEL));
    TokenizerKeys.put(keys, "tokens", new GgufValue.Array(ValueType.STRING, tokens));
    TokenizerKeys.put(keys, "scores", new GgufValue.Array(ValueType.FLOAT32, scores));
    TokenizerKeys.put(keys, "token_type", new GgufValue.Array(ValueType.INT32, types));
    TokenizerKeys.put(
        keys, "add_space_prefix", new GgufValue.Flag(model.normalization().dummyPrefix()));
    return keys;
  }
}
