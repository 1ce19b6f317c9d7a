package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import dev.assay.engine.tokenizer.TokenizerKind;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A {@code tokenizer.json} that can be had with fewer tokens. */
public final class TrimmableTokenizer {
  private final String name;
  private final ObjectNode root;
  private final TokenModel model;
  private final Map<String, Integer> ids = new HashMap<>();
  private final SortedMap<Integer, String> tokens = new TreeMap<>();

  private TrimmableTokenizer(String name, ObjectNode root, TokenModel model) {
    this.name = name;
    this.root = root;
    this.model = model;
    ids.putAll(model.ids());
    for (JsonNode added : root.path("added_tokens")) {
      ids.put(added.path("content").asText(), added.path("id").asInt());
    }
    ids.forEach((token, id) -> tokens.put(id, token));
  }

  /**
   * Reads one.
   *
   * @param name of what it comes from, for messages
   * @param json the text of a {@code tokenizer.json}
   * @throws BadInputException if it is of a kind that cannot be trimmed
   */
  public static TrimmableTokenizer of(String name, String json) {
    JsonNode read = ForeignJson.read(name, json.getBytes(StandardCharsets.UTF_8)).root();
    if (!(read instanceof ObjectNode root) || !(read.path("model") instanceof ObjectNode model)) {
      throw new BadInputException(name + ": key model: found none, expected an object");
    }
    TokenizerKind kind = TokenizerKind.of(root);
    return new TrimmableTokenizer(
        name,
        root,
        switch (kind.model()) {
          case "BPE" -> new MergedTokens(name, model, kind);
          case "Unigram" -> new ScoredPieces(model, kind);
          case "WordPiece" -> new WordPieces(name, model);
          default ->
              throw new BadInputException(
                  "%s: key model.type: found '%s', expected BPE, Unigram or WordPiece"
                      .formatted(name, kind.model()));
        });
  }

  /** What it comes from. */
  public String name() {
    return name;
  }

  /** Ids of all tokens, added ones included, and the tokens. */
  public SortedMap<Integer, String> tokens() {
    return Collections.unmodifiableSortedMap(tokens);
  }

  /** The id of a token. */
  public OptionalInt find(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** What goes at no time: what was added, what is put around texts, and the alphabet. */
  public Set<Integer> required() {
    Set<Integer> required = new TreeSet<>(model.alphabet());
    root.path("added_tokens").forEach(added -> required.add(added.path("id").asInt()));
    required.addAll(PostProcessors.ids(root.path("post_processor")));
    JsonNode padding = root.path("padding").path("pad_id");
    if (padding.isInt()) {
      required.add(padding.intValue());
    }
    required.retainAll(tokens.keySet());
    return required;
  }

  /** The tokens without which one never comes about, itself among them. */
  public Set<Integer> parts(int id) {
    Set<Integer> parts = new TreeSet<>(Set.of(id));
    String token = tokens.get(id);
    if (token != null) {
      parts.addAll(model.parts(token));
    }
    return parts;
  }

  /** The same with fewer tokens under new ids. */
  ObjectNode cut(KeptIds kept) {
    ObjectNode cut = root.deepCopy();
    cut.set("model", model.cut(kept));
    for (JsonNode added : cut.path("added_tokens")) {
      kept.find(added.path("id").asInt())
          .ifPresent(id -> ((ObjectNode) added).put("id", id.intValue()));
    }
    PostProcessors.renumber(cut.path("post_processor"), kept);
    if (cut.path("padding") instanceof ObjectNode padding && padding.path("pad_id").isInt()) {
      kept.find(padding.path("pad_id").intValue())
          .ifPresent(id -> padding.put("pad_id", id.intValue()));
    }
    return cut;
  }
}
