package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Writes a SentencePiece vocabulary, BPE or Unigram, as {@code tokenizer.json}, the way in which
 * the published conversions of LLaMA and T5 do: blanks become U+2581, unknown characters bytes
 * where there are pieces for them, control pieces special tokens.
 *
 * <p>Two things differ from SentencePiece itself, as they do there: the text of a control piece is
 * taken for that piece, and a blank is put in front of the text behind it as well.
 */
public final class SentencePieceConversion {
  private static final String BLANK = " ";
  private static final String ESCAPED = "\u2581";

  private final SentencePieceModel model;
  private final Map<String, Integer> ids;

  /**
   * Takes a vocabulary.
   *
   * @throws BadInputException if a piece is there twice
   */
  public SentencePieceConversion(SentencePieceModel model) {
    this.model = model;
    this.ids = model.ids();
  }

  /** The pieces that are found in a text before the others: control and user-defined ones. */
  public List<AddedToken> addedPieces() {
    List<AddedToken> added = new ArrayList<>();
    for (int i = 0; i < model.pieces().size(); i++) {
      Piece piece = model.pieces().get(i);
      switch (piece.type()) {
        case CONTROL, UNKNOWN -> added.add(AddedToken.special(i, piece.text()));
        case USER_DEFINED -> {
          // Blanks are escaped only later; such a piece is made by merges, whose rank is the best.
          if (!piece.text().contains(ESCAPED)) {
            added.add(AddedToken.userDefined(i, piece.text()));
          }
        }
        case NORMAL, UNUSED, BYTE -> {}
      }
    }
    return added;
  }

  /**
   * The text of a {@code tokenizer.json}.
   *
   * @param added the added pieces, and tokens beyond the vocabulary
   * @param frame what stands around a text
   * @throws BadInputException if the vocabulary cannot be written so, or ids contradict each other
   */
  public String json(Collection<AddedToken> added, Frame frame) {
    return new TokenizerPipeline(
            model.name(), ids, normalizer(), NullNode.instance, algorithm(), decoder())
        .text(added, frame);
  }

  private JsonNode normalizer() {
    Normalization normalization = model.normalization();
    ObjectNode sequence = TokenizerPipeline.typed("Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    if (!normalization.charsmap().isEmpty()) {
      steps.add(
          TokenizerPipeline.typed("Precompiled")
              .put("precompiled_charsmap", normalization.charsmap()));
    }
    if (normalization.removeExtraBlanks()) {
      // Blanks only: line ends stay where the compiled rules have not made them blanks.
      steps.add(replaceExpression("\\A +| +\\z", ""));
      steps.add(replaceExpression(" {2,}", BLANK));
    }
    if (normalization.dummyPrefix()) {
      steps.add(TokenizerPipeline.typed("Prepend").put("prepend", blank()));
    }
    if (normalization.escapeBlanks()) {
      steps.add(TokenizerPipeline.replace(BLANK, ESCAPED));
    }
    return steps.isEmpty() ? NullNode.instance : sequence;
  }

  private static ObjectNode replaceExpression(String expression, String by) {
    ObjectNode replace = TokenizerPipeline.typed("Replace");
    replace.putObject("pattern").put("Regex", expression);
    return replace.put("content", by);
  }

  private JsonNode decoder() {
    ObjectNode sequence = TokenizerPipeline.typed("Sequence");
    ArrayNode steps = sequence.putArray("decoders");
    if (model.normalization().escapeBlanks()) {
      steps.add(TokenizerPipeline.replace(ESCAPED, BLANK));
    }
    steps.add(TokenizerPipeline.typed("ByteFallback"));
    steps.add(TokenizerPipeline.typed("Fuse"));
    if (model.normalization().dummyPrefix()) {
      steps.add(
          TokenizerPipeline.typed("Strip").put("content", BLANK).put("start", 1).put("stop", 0));
    }
    return sequence;
  }

  private String blank() {
    return model.normalization().escapeBlanks() ? ESCAPED : BLANK;
  }

  private JsonNode algorithm() {
    return switch (model.algorithm()) {
      case BPE -> bpe();
      case UNIGRAM -> unigram();
    };
  }

  private JsonNode bpe() {
    OptionalInt unknown = model.unknown();
    ObjectNode bpe = TokenizerPipeline.typed("BPE");
    bpe.putNull("dropout");
    if (unknown.isPresent()) {
      bpe.put("unk_token", model.pieces().get(unknown.getAsInt()).text());
    } else {
      bpe.putNull("unk_token");
    }
    bpe.putNull("continuing_subword_prefix");
    bpe.putNull("end_of_word_suffix");
    bpe.put("fuse_unk", true);
    bpe.put("byte_fallback", model.bytes());
    bpe.put("ignore_merges", false);
    ObjectNode vocabulary = bpe.putObject("vocab");
    ids.forEach(vocabulary::put);
    bpe.set("merges", SentencePieceMerges.of(model, ids));
    return bpe;
  }

  private JsonNode unigram() {
    OptionalInt unknown = model.unknown();
    if (unknown.isEmpty()) {
      throw new BadInputException(
          model.name()
              + ": found no piece of type unknown, expected one, as it is a Unigram model");
    }
    ObjectNode unigram = TokenizerPipeline.typed("Unigram");
    unigram.put("unk_id", unknown.getAsInt());
    ArrayNode vocabulary = unigram.putArray("vocab");
    for (Piece piece : model.pieces()) {
      vocabulary.addArray().add(piece.text()).add((double) piece.score());
    }
    unigram.put("byte_fallback", model.bytes());
    return unigram;
  }
}
