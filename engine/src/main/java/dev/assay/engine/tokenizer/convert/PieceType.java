package dev.assay.engine.tokenizer.convert;

import java.util.Optional;

/** What a SentencePiece piece is; the numbers are those of its files, and of GGUF's. */
public enum PieceType {
  NORMAL(1),
  UNKNOWN(2),
  CONTROL(3),
  USER_DEFINED(4),
  UNUSED(5),
  BYTE(6);

  private final int code;

  PieceType(int code) {
    this.code = code;
  }

  /** The number. */
  public int code() {
    return code;
  }

  /** The type of a number, if there is one. */
  public static Optional<PieceType> of(long code) {
    for (PieceType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
