package dev.assay.engine.tokenizer.convert;

/**
 * An entry of a SentencePiece vocabulary; its id is its place there.
 *
 * @param text with U+2581 for blanks
 * @param score log probability (Unigram), or the negated rank of its merge (BPE)
 * @param type what it is
 */
public record Piece(String text, float score, PieceType type) {}
