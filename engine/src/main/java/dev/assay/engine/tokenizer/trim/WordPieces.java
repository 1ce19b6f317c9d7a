package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** WordPiece: the longest beginning of a word that has a token, then of what is left of it. */
final class WordPieces implements TokenModel {
  private final ObjectNode model;
  private final Map<String, Integer> ids;

  WordPieces(String name, ObjectNode model) {
    this.model = model;
    this.ids = Vocabulary.read(name, model.path("vocab"));
  }

  @Override
  public Map<String, Integer> ids() {
    return ids;
  }

  /** All characters at the beginning of a word and within, and what stands for the unknown. */
  @Override
  public Set<Integer> alphabet() {
    String prefix = model.path("continuing_subword_prefix").asText("##");
    Set<Integer> alphabet = new TreeSet<>(Vocabulary.characters(ids));
    ids.forEach(
        (token, id) -> {
          if (token.startsWith(prefix)
              && token.codePointCount(prefix.length(), token.length()) == 1) {
            alphabet.add(id);
          }
        });
    Integer unknown = ids.get(model.path("unk_token").asText("[UNK]"));
    if (unknown != null) {
      alphabet.add(unknown);
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
    cut.set("vocab", Vocabulary.cut(ids, kept));
    return cut;
  }
}
