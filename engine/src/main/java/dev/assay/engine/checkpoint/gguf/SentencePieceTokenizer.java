package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.AddedToken;
import dev.assay.engine.tokenizer.convert.Frame;
import dev.assay.engine.tokenizer.convert.Normalization;
import dev.assay.engine.tokenizer.convert.Piece;
import dev.assay.engine.tokenizer.convert.PieceType;
import dev.assay.engine.tokenizer.convert.SentencePieceConversion;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokenizer {@code llama} of a GGUF file, SentencePiece's BPE: {@code tokens}, {@code scores}
 * and {@code token_type}. Where the file is silent, a BOS and a blank are put in front, as
 * llama.cpp does.
 */
final class SentencePieceTokenizer {
  static final String MODEL = "llama";

  private final GgufFile file;
  private final SpecialTokenKeys special;

  private SentencePieceTokenizer(GgufFile file) {
    this.file = file;
    this.special = new SpecialTokenKeys(file, file.texts(TokenizerJson.PREFIX + "tokens"), true);
  }

  /** Hugging Face's files, by name. */
  static Map<String, ObjectNode> files(GgufFile file) {
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(file);
    return Map.of(
        "tokenizer.json", tokenizer.json(), "tokenizer_config.json", tokenizer.special.config());
  }

  private ObjectNode json() {
    SentencePieceConversion conversion = new SentencePieceConversion(model());
    List<AddedToken> added = new ArrayList<>(conversion.addedPieces());
    Frame frame = new Frame(frame("bos", special.addsBos(), added), frame("eos", ends(), added));
    try {
      return (ObjectNode) new ObjectMapper().readTree(conversion.json(added, frame));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the conversion writes JSON", e);
    }
  }

  private SentencePieceModel model() {
    List<String> tokens = special.tokens();
    float[] scores = file.reals(TokenizerJson.PREFIX + "scores");
    long[] types = file.wholes(TokenizerJson.PREFIX + "token_type");
    requireAsMany("scores", scores.length);
    requireAsMany("token_type", types.length);
    boolean prefix = file.flag(TokenizerJson.PREFIX + "add_space_prefix", true);
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < types.length; id++) {
      pieces.add(new Piece(tokens.get(id), scores[id], type(id, types[id])));
    }
    return new SentencePieceModel(
        file.file() + ": keys tokenizer.ggml",
        SentencePieceModel.Algorithm.BPE,
        pieces,
        prefix ? Normalization.LLAMA : new Normalization("", false, false, true),
        special.id("bos"),
        special.id("eos"));
  }

  private void requireAsMany(String key, int found) {
    int expected = special.tokens().size();
    if (found != expected) {
      throw new BadInputException(
          "%s: key %s%s: found %d values, expected %d, one a token"
              .formatted(file.file(), TokenizerJson.PREFIX, key, found, expected));
    }
  }

  private PieceType type(int id, long code) {
    return PieceType.of(code)
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s: key %stoken_type: found %d for token %d, expected 1 to %d"
                        .formatted(
                            file.file(),
                            TokenizerJson.PREFIX,
                            code,
                            id,
                            PieceType.values().length)));
  }

  private boolean ends() {
    return file.flag(TokenizerJson.PREFIX + "add_eos_token", false);
  }

  /** A token around a text; it becomes a special one if it is none yet. */
  private List<AddedToken> frame(String name, boolean wanted, List<AddedToken> added) {
    Optional<String> token = wanted ? special.token(name) : Optional.empty();
    if (token.isEmpty()) {
      return List.of();
    }
    Optional<AddedToken> known =
        added.stream().filter(each -> each.content().equals(token.get())).findFirst();
    AddedToken found =
        known.orElseGet(() -> AddedToken.special(special.id(name).orElseThrow(), token.get()));
    if (known.isEmpty()) {
      added.add(found);
    }
    return List.of(found);
  }
}
