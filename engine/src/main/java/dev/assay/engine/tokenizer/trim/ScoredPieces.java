package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.tokenizer.TokenizerKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A unigram language model: pieces with scores, of which the best in a row are taken. Each stands
 * for itself.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018</a>
 */
final class ScoredPieces implements TokenModel {
  private final ObjectNode model;
  private final TokenizerKind kind;
  private final Map<String, Integer> ids = new LinkedHashMap<>();

  ScoredPieces(ObjectNode model, TokenizerKind kind) {
    this.model = model;
    this.kind = kind;
    JsonNode pieces = model.path("vocab");
    for (int i = 0; i < pieces.size(); i++) {
      ids.putIfAbsent(pieces.get(i).path(0).asText(), i);
    }
  }

  @Override
  public Map<String, Integer> ids() {
    return ids;
  }

  /** All characters, what stands for a byte, and what stands for what is unknown. */
  @Override
  public Set<Integer> alphabet() {
    Set<Integer> alphabet = new TreeSet<>(Vocabulary.characters(ids));
    ids.forEach(
        (piece, id) -> {
          if (kind.byteFallback() && TokenizerKind.isByte(piece)) {
            alphabet.add(id);
          }
        });
    if (kind.unknownId() >= 0) {
      alphabet.add((int) kind.unknownId());
    }
    return alphabet;
  }

  @Override
  public Set<Integer> parts(String token) {
    Integer id = ids.get(token);
    return id == null ? Set.of() : Set.of(id);
  }

  @Override
  public ObjectNode cut(KeptIds kept) {
    ObjectNode cut = model.deepCopy();
    ArrayNode left = cut.putArray("vocab");
    JsonNode pieces = model.path("vocab");
    for (int i = 0; i < pieces.size(); i++) {
      if (kept.contains(i)) {
        left.add(pieces.get(i));
      }
    }
    if (kind.unknownId() >= 0) {
      kept.find((int) kind.unknownId()).ifPresent(id -> cut.put("unk_id", id));
    }
    return cut;
  }
}
