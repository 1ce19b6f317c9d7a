package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The merges of a SentencePiece BPE vocabulary. SentencePiece joins those neighbours first whose
 * joint piece has the highest score, so every way to make a piece from two others is a merge, and
 * the pieces' scores rank them.
 */
final class SentencePieceMerges {
  private record Merge(String left, String right, float score) {
    private static int length(String piece) {
      return piece.codePointCount(0, piece.length());
    }
  }

  /** Best first; among those of one piece longer left parts first, as the published files do. */
  private static final Comparator<Merge> BEST_FIRST =
      Comparator.<Merge>comparingDouble(Merge::score)
          .thenComparingInt(merge -> Merge.length(merge.left()))
          .thenComparingInt(merge -> Merge.length(merge.right()))
          .reversed();

  private SentencePieceMerges() {}

  /** Pairs of pieces, as {@code model.merges} of {@code tokenizer.json} holds them. */
  static ArrayNode of(SentencePieceModel model, Map<String, Integer> ids) {
    List<Merge> merges = new ArrayList<>();
    for (Piece piece : model.pieces()) {
      if (mergeable(piece.type())) {
        String text = piece.text();
        for (int cut = text.offsetByCodePoints(0, 1);
            cut < text.length();
            cut = text.offsetByCodePoints(cut, 1)) {
          String left = text.substring(0, cut);
          String right = text.substring(cut);
          if (mergeable(model, ids.get(left)) && mergeable(model, ids.get(right))) {
            merges.add(new Merge(left, right, piece.score()));
          }
        }
      }
    }
    merges.sort(BEST_FIRST);
    ArrayNode pairs = TokenizerPipeline.JSON.arrayNode(merges.size());
    merges.forEach(merge -> pairs.addArray().add(merge.left()).add(merge.right()));
    return pairs;
  }

  private static boolean mergeable(SentencePieceModel model, @Nullable Integer id) {
    return id != null && mergeable(model.pieces().get(id).type());
  }

  private static boolean mergeable(PieceType type) {
    return switch (type) {
      case NORMAL, USER_DEFINED, UNUSED -> true;
      case UNKNOWN, CONTROL, BYTE -> false;
    };
  }
}
