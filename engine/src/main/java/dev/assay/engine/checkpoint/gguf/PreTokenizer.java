package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How text is split before byte-level BPE, by its name in {@code tokenizer.ggml.pre}. */
enum PreTokenizer {
  /** GPT-2's own expression, which tokenizers' ByteLevel knows. */
  GPT2(List.of("gpt-2", "phi-2"), ""),
  LLAMA3(
      List.of("llama-bpe", "llama3", "llama-v3"),
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
  QWEN2(
      List.of("qwen2", "deepseek-r1-qwen"),
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list
  private final List<String> names;

  private final String expression;

  PreTokenizer(List<String> names, String expression) {
    this.names = names;
    this.expression = expression;
  }

  /** The name that is written. */
  String label() {
    return names.get(0);
  }

  static Optional<PreTokenizer> of(String name) {
    return Arrays.stream(values()).filter(each -> each.names.contains(name)).findFirst();
  }

  static String known() {
    return Arrays.stream(values())
        .flatMap(each -> each.names.stream())
        .collect(Collectors.joining(", "));
  }

  /** The one that a {@code tokenizer.json} describes, if it is a known one. */
  static Optional<PreTokenizer> of(JsonNode tokenizer) {
    JsonNode found = tokenizer.path("pre_tokenizer");
    if (found.path("type").asText().equals("ByteLevel")) {
      boolean own = found.path("use_regex").asBoolean(true);
      boolean prefix = found.path("add_prefix_space").asBoolean(true);
      return own && !prefix ? Optional.of(GPT2) : Optional.empty();
    }
    String split = found.at("/pretokenizers/0/pattern/Regex").asText();
    boolean byteLevel = found.at("/pretokenizers/1/type").asText().equals("ByteLevel");
    return Arrays.stream(values())
        .filter(each -> byteLevel && !split.isEmpty() && each.expression.equals(split))
        .findFirst();
  }

  /** The parts of a {@code tokenizer.json} that depend on it. */
  void describe(ObjectNode tokenizer, ObjectNode model) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode byteLevel = byteLevel(json, this == GPT2);
    if (this == GPT2) {
      tokenizer.set("pre_tokenizer", byteLevel);
    } else {
      ObjectNode sequence = tokenizer.putObject("pre_tokenizer").put("type", "Sequence");
      ObjectNode first = json.objectNode().put("type", "Split");
      first.putObject("pattern").put("Regex", expression);
      first.put("behavior", "Isolated").put("invert", false);
      sequence.putArray("pretokenizers").add(first).add(byteLevel);
    }
    if (this == QWEN2) {
      tokenizer.putObject("normalizer").put("type", "NFC");
    }
    model.put("ignore_merges", this == LLAMA3);
  }

  private static ObjectNode byteLevel(JsonNodeFactory json, boolean expression) {
    return json.objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", expression);
  }
}
