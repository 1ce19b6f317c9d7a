package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hugging Face's tokenizer files as the keys of a GGUF file: byte-level and SentencePiece's BPE.
 */
public final class TokenizerKeys {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizerKeys.class);

  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  /** More ids than any vocabulary has; keeps a stray one from making a list of gaps. */
  static final int MAX_TOKENS = 1 << 22;

  private final Path path;
  private final JsonNode tokenizer;
  private final JsonNode config;
  private final List<String> tokens = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();

  private TokenizerKeys(Path path, JsonNode tokenizer, JsonNode config) {
    this.path = path;
    this.tokenizer = tokenizer;
    this.config = config;
  }

  /**
   * The keys of the tokenizer in a directory; where there is none that the format can hold, the one
   * that says so, with a warning.
   */
  public static Map<String, GgufValue> of(Path directory) {
    Path path = directory.resolve("tokenizer.json");
    JsonNode tokenizer = read(path);
    Optional<PreTokenizer> pre = PreTokenizer.of(tokenizer);
    JsonNode config = read(directory.resolve("tokenizer_config.json"));
    TokenizerKeys keys = new TokenizerKeys(path, tokenizer, config);
    if (pre.isPresent() && tokenizer.at("/model/type").asText("BPE").equals("BPE")) {
      return keys.keys(pre.get());
    }
    return SentencePieceKeys.find(directory, tokenizer, config)
        .map(keys::keys)
        .orElseGet(
            () -> {
              LOG.warn("{}: found no known BPE; the GGUF file has no tokenizer", path);
              return Map.of(TokenizerJson.PREFIX + "model", new GgufValue.Text("no_vocab"));
            });
  }

  private static JsonNode read(Path path) {
    if (!Files.isRegularFile(path)) {
      return MissingNode.getInstance();
    }
    try {
      return ForeignJson.read(path.toString(), Files.readAllBytes(path)).root();
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, GgufValue> keys(PreTokenizer pre) {
    tokenizer
        .at("/model/vocab")
        .properties()
        .forEach(entry -> token(entry.getValue().asInt(-1), entry.getKey(), NORMAL));
    for (JsonNode added : tokenizer.path("added_tokens")) {
      boolean special = added.path("special").asBoolean();
      token(
          added.path("id").asInt(-1),
          added.path("content").asText(),
          special ? CONTROL : USER_DEFINED);
    }
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    put(keys, "model", new GgufValue.Text(TokenizerJson.BYTE_LEVEL));
    put(keys, "pre", new GgufValue.Text(pre.label()));
    put(keys, "tokens", texts(tokens));
    List<GgufValue> kinds = new ArrayList<>();
    types.forEach(type -> kinds.add(new GgufValue.Whole(ValueType.INT32, type)));
    put(keys, "token_type", new GgufValue.Array(ValueType.INT32, kinds));
    put(keys, "merges", texts(merges()));
    for (String name : List.of("bos", "eos")) {
      int id = tokens.indexOf(special(name));
      if (id >= 0) {
        put(keys, name + "_token_id", GgufValue.uint32(id));
      }
    }
    put(keys, "add_bos_token", new GgufValue.Flag(addsBos()));
    return keys;
  }

  private Map<String, GgufValue> keys(SentencePieceModel model) {
    Map<String, GgufValue> keys = SentencePieceKeys.of(model);
    Map<String, Integer> ids = model.ids();
    String bosText = special("bos");
    String eosText = special("eos");
    OptionalInt bos = bosText == null ? model.bos() : id(ids, bosText);
    OptionalInt eos = eosText == null ? model.eos() : id(ids, eosText);
    bos.ifPresent(id -> put(keys, "bos_token_id", GgufValue.uint32(id)));
    eos.ifPresent(id -> put(keys, "eos_token_id", GgufValue.uint32(id)));
    // tokenizer.model alone is LLaMA's, which begins with BOS unless told otherwise.
    boolean begins = tokenizer.isMissingNode() && !config.has("add_bos_token");
    put(keys, "add_bos_token", new GgufValue.Flag(begins ? bos.isPresent() : addsBos()));
    put(keys, "add_eos_token", new GgufValue.Flag(addsEos(eosText)));
    return keys;
  }

  private static OptionalInt id(Map<String, Integer> ids, String text) {
    Integer id = ids.get(text);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** What the post-processor does, or the configuration says where there is none. */
  private boolean addsEos(@Nullable String eos) {
    JsonNode template = tokenizer.path("post_processor").findPath("single");
    JsonNode last = template.path(template.size() - 1).at("/SpecialToken/id");
    return tokenizer.isMissingNode()
        ? config.path("add_eos_token").asBoolean()
        : eos != null && last.asText().equals(eos);
  }

  /** A token that the configuration names by its text or by an object that holds it. */
  private @Nullable String special(String name) {
    JsonNode node = config.path(name + "_token");
    JsonNode text = node.isObject() ? node.path("content") : node;
    return text.isTextual() ? text.textValue() : null;
  }

  /** What the configuration says, otherwise what the post-processor does. */
  private boolean addsBos() {
    JsonNode stated = config.path("add_bos_token");
    if (stated.isBoolean()) {
      return stated.booleanValue();
    }
    JsonNode template = tokenizer.path("post_processor").findPath("single");
    String bos = special("bos");
    return bos != null && template.at("/0/SpecialToken/id").asText().equals(bos);
  }

  static void put(Map<String, GgufValue> keys, String key, GgufValue value) {
    keys.put(TokenizerJson.PREFIX + key, value);
  }

  private void token(int id, String text, int type) {
    if (id < 0 || id >= MAX_TOKENS) {
      throw new BadInputException(
          path + ": token '" + text + "': found id " + id + ", expected below " + MAX_TOKENS);
    }
    for (int gap = tokens.size(); gap <= id; gap++) {
      tokens.add("[PAD" + gap + "]");
      types.add(UNUSED);
    }
    tokens.set(id, text);
    types.set(id, type);
  }

  private List<String> merges() {
    List<String> merges = new ArrayList<>();
    tokenizer.at("/model/merges").forEach(each -> merges.add(String.join(" ", merge(each))));
    return merges;
  }

  /** The parts of a merge in either of the forms of {@code tokenizer.json}. */
  static List<String> merge(JsonNode merge) {
    return merge.isArray()
        ? List.of(merge.path(0).asText(), merge.path(1).asText())
        : List.of(merge.asText().split(" ", 2));
  }

  private static GgufValue texts(List<String> texts) {
    List<GgufValue> values = new ArrayList<>();
    texts.forEach(text -> values.add(new GgufValue.Text(text)));
    return new GgufValue.Array(ValueType.STRING, values);
  }
}
