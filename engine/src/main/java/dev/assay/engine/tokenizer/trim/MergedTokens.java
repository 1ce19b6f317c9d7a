package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.TokenizerKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Byte-pair encoding: tokens come about by merging two, in the order of a list.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Sennrich et al. 2016</a>
 */
final class MergedTokens implements TokenModel {
  private final ObjectNode model;
  private final TokenizerKind kind;
  private final Map<String, Integer> ids;
  private final List<JsonNode> written = new ArrayList<>();
  private final List<Pair> merges = new ArrayList<>();
  private final Map<Pair, Integer> ranks = new HashMap<>();

  private record Pair(String left, String right) {
    String merged() {
      return left + right;
    }
  }

  MergedTokens(String name, ObjectNode model, TokenizerKind kind) {
    if (kind.affixed()) {
      throw new BadInputException(
          name
              + ": found a byte-pair encoding with a continuing_subword_prefix or an"
              + " end_of_word_suffix, expected tokens that spell what they stand for");
    }
    this.model = model;
    this.kind = kind;
    this.ids = Vocabulary.read(name, model.path("vocab"));
    for (JsonNode merge : model.path("merges")) {
      Pair pair = pair(name, merge);
      written.add(merge);
      merges.add(pair);
      ranks.putIfAbsent(pair, merges.size() - 1);
    }
  }

  /** Merges are pairs, in older files two tokens with a blank between. */
  private static Pair pair(String name, JsonNode merge) {
    if (merge.isArray() && merge.size() == 2) {
      return new Pair(merge.get(0).asText(), merge.get(1).asText());
    }
    int blank = merge.asText().indexOf(' ');
    if (!merge.isTextual() || blank < 0) {
      throw new BadInputException(
          name + ": key model.merges: found " + merge + ", expected two tokens");
    }
    return new Pair(merge.asText().substring(0, blank), merge.asText().substring(blank + 1));
  }

  @Override
  public Map<String, Integer> ids() {
    return ids;
  }

  /**
   * All characters: in a byte-level vocabulary these are the bytes. Where bytes have tokens of
   * their own beside, those, and the mark for a space, which is written back as one only whole.
   */
  @Override
  public Set<Integer> alphabet() {
    Set<Integer> alphabet = new TreeSet<>();
    if (kind.byteFallback()) {
      ids.forEach(
          (token, id) -> {
            if (TokenizerKind.isByte(token) || token.equals(TokenizerKind.SPACE)) {
              alphabet.add(id);
            }
          });
    } else {
      alphabet.addAll(Vocabulary.characters(ids));
    }
    Integer unknown = ids.get(kind.unknownToken());
    if (unknown != null) {
      alphabet.add(unknown);
    }
    return alphabet;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Those that merging its characters goes through. With them alone the same merges come first
   * again, so that it still comes about. A token that merging never makes has no parts.
   */
  @Override
  public Set<Integer> parts(String token) {
    Set<Integer> parts = new TreeSet<>();
    Integer own = ids.get(token);
    if (own != null) {
      parts.add(own);
    }
    List<String> symbols = new ArrayList<>(Vocabulary.split(token));
    Set<Integer> through = new TreeSet<>();
    symbols.forEach(symbol -> note(symbol, through));
    for (int at = next(symbols); at >= 0; at = next(symbols)) {
      String merged = symbols.get(at) + symbols.remove(at + 1);
      symbols.set(at, merged);
      note(merged, through);
    }
    if (symbols.size() == 1) {
      parts.addAll(through);
    }
    return parts;
  }

  private void note(String symbol, Set<Integer> through) {
    Integer id = ids.get(symbol);
    if (id != null) {
      through.add(id);
    }
  }

  /** Where the first of the merges that come first applies; −1 where none does. */
  private int next(List<String> symbols) {
    int best = Integer.MAX_VALUE;
    int at = -1;
    for (int i = 0; i + 1 < symbols.size(); i++) {
      Integer rank = ranks.get(new Pair(symbols.get(i), symbols.get(i + 1)));
      if (rank != null && rank < best) {
        best = rank;
        at = i;
      }
    }
    return at;
  }

  @Override
  public ObjectNode cut(KeptIds kept) {
    ObjectNode cut = model.deepCopy();
    cut.set("vocab", Vocabulary.cut(ids, kept));
    ArrayNode left = cut.putArray("merges");
    for (int i = 0; i < merges.size(); i++) {
      Pair pair = merges.get(i);
      if (stays(pair.left(), kept) && stays(pair.right(), kept) && stays(pair.merged(), kept)) {
        left.add(written.get(i));
      }
    }
    return cut;
  }

  private boolean stays(String token, KeptIds kept) {
    return ids.containsKey(token) && kept.contains(Objects.requireNonNull(ids.get(token)));
  }
}
