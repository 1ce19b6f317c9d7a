package dev.assay.engine.tokenizer.convert;

import dev.assay.engine.config.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A SentencePiece vocabulary and its rules (Kudo and Richardson 2018).
 *
 * @param name of the file or the metadata that it comes from, for messages
 * @param algorithm how pieces are chosen
 * @param pieces in the order of their ids
 * @param normalization what is done to a text first
 * @param bos id of the piece that begins a sequence
 * @param eos id of the piece that ends one
 */
public record SentencePieceModel(
    String name,
    Algorithm algorithm,
    List<Piece> pieces,
    Normalization normalization,
    OptionalInt bos,
    OptionalInt eos) {
  /** Longest piece in UTF-16 units: SentencePiece's own are 16 characters, some added ones 100. */
  private static final int LONGEST = 512;

  /** How pieces are chosen. */
  public enum Algorithm {
    BPE,
    UNIGRAM
  }

  /**
   * Checks the pieces.
   *
   * @throws BadInputException if they are no vocabulary; the message names the piece
   */
  public SentencePieceModel {
    pieces = List.copyOf(pieces);
    if (pieces.isEmpty()) {
      throw new BadInputException(name + ": found no pieces, expected a vocabulary");
    }
    int bytes = 0;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      check(name, i, piece);
      bytes += piece.type() == PieceType.BYTE ? 1 : 0;
    }
    if (bytes != 0 && bytes != 256) {
      throw new BadInputException(
          name + ": found " + bytes + " byte pieces, expected none or all 256");
    }
    special(name, "bos", bos, pieces.size());
    special(name, "eos", eos, pieces.size());
  }

  private static void check(String name, int id, Piece piece) {
    if (piece.text().isEmpty() || piece.text().length() > LONGEST) {
      throw new BadInputException(
          "%s: piece %d: found text of length %d, expected 1 to %d"
              .formatted(name, id, piece.text().length(), LONGEST));
    }
    if (!Float.isFinite(piece.score())) {
      throw new BadInputException(
          "%s: piece %d ('%s'): found score %s, expected a finite one"
              .formatted(name, id, piece.text(), piece.score()));
    }
    if (piece.type() == PieceType.BYTE && !piece.text().matches("<0x[0-9A-F]{2}>")) {
      throw new BadInputException(
          "%s: piece %d: found '%s' as the name of a byte, expected the like of <0x0A>"
              .formatted(name, id, piece.text()));
    }
  }

  private static void special(String name, String key, OptionalInt id, int size) {
    if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= size)) {
      throw new BadInputException(
          "%s: key %s_id: found %d, expected an id below %d"
              .formatted(name, key.toLowerCase(Locale.ROOT), id.getAsInt(), size));
    }
  }

  /**
   * Piece to id.
   *
   * @throws BadInputException if a piece is there twice
   */
  public Map<String, Integer> ids() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int i = 0; i < pieces.size(); i++) {
      Integer other = ids.put(pieces.get(i).text(), i);
      if (other != null) {
        throw new BadInputException(
            "%s: piece %d: found '%s' again, which is piece %d too; expected each once"
                .formatted(name, i, pieces.get(i).text(), other));
      }
    }
    return ids;
  }

  /** The piece for what no other piece covers. */
  OptionalInt unknown() {
    for (int i = 0; i < pieces.size(); i++) {
      if (pieces.get(i).type() == PieceType.UNKNOWN) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Whether a character without a piece is spelt in bytes. */
  boolean bytes() {
    return pieces.stream().anyMatch(piece -> piece.type() == PieceType.BYTE);
  }
}
