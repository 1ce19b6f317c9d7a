package dev.assay.engine.tokenizer.convert;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.SentencePieceModel.Algorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads a SentencePiece {@code tokenizer.model}: the protocol buffer {@code ModelProto} of its
 * {@code sentencepiece_model.proto}, of which the fields that decide about tokens are used.
 */
public final class SentencePieceReader {
  private static final byte[] NO_CHARSMAP = new byte[0];

  private final String name;
  private final List<Piece> pieces = new ArrayList<>();
  private @Nullable Normalization normalization;
  private boolean trained;
  // The defaults of TrainerSpec.
  private long algorithm = 1;
  private boolean blankBehind;
  private int bos = 1;
  private int eos = 2;

  private SentencePieceReader(String name) {
    this.name = name;
  }

  /**
   * Reads a model.
   *
   * @param name of the file, for messages
   * @throws BadInputException if it is broken, or of a kind that cannot be run
   */
  public static SentencePieceModel read(String name, byte[] content) {
    return new SentencePieceReader(name).model(new WireReader(name, content));
  }

  private SentencePieceModel model(WireReader reader) {
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 1 -> pieces.add(piece(reader.message()));
        case 2 -> trainer(reader.message());
        case 3 -> normalization = normalizer(reader.message());
        default -> reader.skip();
      }
    }
    if (!trained || normalization == null) {
      throw new BadInputException(
          "%s: found %d pieces and no %s, expected SentencePiece's whole model"
              .formatted(name, pieces.size(), trained ? "normalizer_spec" : "trainer_spec"));
    }
    if (blankBehind) {
      throw new BadInputException(
          name + ": found treat_whitespace_as_suffix, expected blanks in front of words");
    }
    return new SentencePieceModel(
        name, algorithm(), pieces, normalization, special(bos), special(eos));
  }

  private Algorithm algorithm() {
    if (algorithm == 1) {
      return Algorithm.UNIGRAM;
    }
    if (algorithm == 2) {
      return Algorithm.BPE;
    }
    throw new BadInputException(
        name + ": key model_type: found " + algorithm + ", expected 1 (Unigram) or 2 (BPE)");
  }

  /** Where a model has no such piece its id is -1. */
  private static OptionalInt special(int id) {
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private Piece piece(WireReader reader) {
    String text = "";
    float score = 0;
    PieceType type = PieceType.NORMAL;
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 1 -> text = reader.text();
        case 2 -> score = reader.real();
        case 3 -> {
          long code = reader.integer();
          type =
              PieceType.of(code)
                  .orElseThrow(() -> reader.bad("found piece type " + code + ", expected 1 to 6"));
        }
        default -> reader.skip();
      }
    }
    if (text.isEmpty()) {
      throw reader.bad("found piece " + pieces.size() + " without text");
    }
    return new Piece(text, score, type);
  }

  private void trainer(WireReader reader) {
    trained = true;
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 3 -> algorithm = reader.integer();
        case 24 -> blankBehind = reader.flag();
        case 41 -> bos = (int) reader.integer();
        case 42 -> eos = (int) reader.integer();
        default -> reader.skip();
      }
    }
  }

  private Normalization normalizer(WireReader reader) {
    byte[] charsmap = NO_CHARSMAP;
    boolean dummyPrefix = true;
    boolean removeExtraBlanks = true;
    boolean escapeBlanks = true;
    while (reader.hasNext()) {
      switch (reader.field()) {
        case 2 -> charsmap = reader.content();
        case 3 -> dummyPrefix = reader.flag();
        case 4 -> removeExtraBlanks = reader.flag();
        case 5 -> escapeBlanks = reader.flag();
        default -> reader.skip();
      }
    }
    return Normalization.of(name, charsmap, dummyPrefix, removeExtraBlanks, escapeBlanks);
  }
}
