package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.Frame;
import dev.assay.engine.tokenizer.convert.Normalization;
import dev.assay.engine.tokenizer.convert.Piece;
import dev.assay.engine.tokenizer.convert.PieceType;
import dev.assay.engine.tokenizer.convert.SentencePieceConversion;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads a {@code tokenizer.json} that is a SentencePiece BPE vocabulary written out, as the
 * published ones of LLaMA are, back into pieces and scores. The ranks of merges become scores; that
 * nothing is lost is made sure by writing the result out again.
 */
final class SentencePieceForm {
  private static final String ESCAPED = "\u2581";

  private final JsonNode tokenizer;
  private final List<Piece> pieces = new ArrayList<>();
  private final Map<String, Float> scores = new HashMap<>();

  private SentencePieceForm(JsonNode tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The vocabulary, or nothing where there is more to the tokenizer than that. */
  static Optional<SentencePieceModel> of(String name, JsonNode tokenizer) {
    JsonNode model = tokenizer.path("model");
    Optional<Normalization> normalization = normalization(tokenizer);
    if (normalization.isEmpty()
        || !model.path("byte_fallback").asBoolean()
        || !model.path("type").asText("BPE").equals("BPE")) {
      return Optional.empty();
    }
    SentencePieceForm form = new SentencePieceForm(tokenizer);
    try {
      form.read();
      SentencePieceModel found =
          new SentencePieceModel(
              name,
              SentencePieceModel.Algorithm.BPE,
              form.pieces,
              normalization.get(),
              OptionalInt.empty(),
              OptionalInt.empty());
      return Optional.of(found).filter(form::isWhole);
    } catch (BadInputException e) {
      return Optional.empty();
    }
  }

  /** A blank in front, or none, and blanks escaped; nothing for any other normalisation. */
  private static Optional<Normalization> normalization(JsonNode tokenizer) {
    JsonNode normalizer = tokenizer.path("normalizer");
    JsonNode steps = normalizer.path("normalizers");
    boolean prefix = steps.path(0).path("prepend").asText().equals(ESCAPED);
    JsonNode escape = prefix ? steps.path(1) : steps.path(0);
    boolean simple =
        normalizer.path("type").asText().equals("Sequence")
            && steps.size() == (prefix ? 2 : 1)
            && escape.path("type").asText().equals("Replace")
            && escape.at("/pattern/String").asText().equals(" ")
            && escape.path("content").asText().equals(ESCAPED)
            && !tokenizer.hasNonNull("pre_tokenizer");
    return simple ? Optional.of(new Normalization("", prefix, false, true)) : Optional.empty();
  }

  private void read() {
    rank();
    JsonNode model = tokenizer.path("model");
    String unknown = model.path("unk_token").asText();
    model
        .path("vocab")
        .properties()
        .forEach(
            entry -> {
              boolean isByte = entry.getKey().matches("<0x[0-9A-F]{2}>");
              put(
                  entry.getValue().asInt(-1),
                  entry.getKey(),
                  isByte ? PieceType.BYTE : PieceType.NORMAL);
            });
    for (JsonNode added : tokenizer.path("added_tokens")) {
      String content = added.path("content").asText();
      PieceType special = content.equals(unknown) ? PieceType.UNKNOWN : PieceType.CONTROL;
      put(
          added.path("id").asInt(-1),
          content,
          added.path("special").asBoolean() ? special : PieceType.USER_DEFINED);
    }
  }

  /**
   * Merges that make one piece have one score, and so have pieces whose merges stand among each
   * other.
   */
  private void rank() {
    List<String> made = new ArrayList<>();
    Map<String, Integer> last = new HashMap<>();
    for (JsonNode merge : tokenizer.at("/model/merges")) {
      String piece = String.join("", TokenizerKeys.merge(merge));
      last.put(piece, made.size());
      made.add(piece);
    }
    float score = 0;
    int end = -1;
    for (int i = 0; i < made.size(); i++) {
      if (i > end) {
        score--;
      }
      scores.put(made.get(i), score);
      end = Math.max(end, last.getOrDefault(made.get(i), i));
    }
  }

  private void put(int id, String text, PieceType type) {
    int most = TokenizerKeys.MAX_TOKENS;
    if (id < 0 || id >= most) {
      throw new BadInputException("found id " + id + ", expected below " + most);
    }
    for (int gap = pieces.size(); gap <= id; gap++) {
      pieces.add(new Piece("[PAD" + gap + "]", 0, PieceType.UNUSED));
    }
    pieces.set(id, new Piece(text, scores.getOrDefault(text, 0f), type));
  }

  /** Whether the pieces' scores say all that the merges do. */
  private boolean isWhole(SentencePieceModel model) {
    List<List<String>> expected = merges(tokenizer);
    SentencePieceConversion conversion = new SentencePieceConversion(model);
    try {
      String json = conversion.json(conversion.addedPieces(), Frame.NONE);
      return merges(new ObjectMapper().readTree(json)).equals(expected);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the conversion writes JSON", e);
    }
  }

  private static List<List<String>> merges(JsonNode tokenizer) {
    List<List<String>> merges = new ArrayList<>();
    tokenizer.at("/model/merges").forEach(merge -> merges.add(TokenizerKeys.merge(merge)));
    return merges;
  }
}
