package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How a byte-level BPE splits a text before it merges. */
public enum ByteLevelSplit {
  /** GPT-2's expression, which OPT, RoBERTa and GPT-J use too. */
  GPT2("", false),
  /** Llama 3's: numbers in groups of up to three digits. */
  LLAMA3(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      false),
  /** Qwen2's: every digit alone, and Unicode's form NFC first. */
  QWEN2(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      true);

  private final String expression;
  private final boolean composed;

  ByteLevelSplit(String expression, boolean composed) {
    this.expression = expression;
    this.composed = composed;
  }

  JsonNode normalizer() {
    return composed ? TokenizerPipeline.typed("NFC") : NullNode.instance;
  }

  JsonNode preTokenizer(boolean addPrefixSpace) {
    if (expression.isEmpty()) {
      return byteLevel(addPrefixSpace, true);
    }
    ObjectNode sequence = TokenizerPipeline.typed("Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", expression);
    split.put("behavior", "Isolated").put("invert", false);
    steps.add(byteLevel(addPrefixSpace, false));
    return sequence;
  }

  static ObjectNode byteLevel(boolean addPrefixSpace, boolean useExpression) {
    return TokenizerPipeline.typed("ByteLevel")
        .put("add_prefix_space", addPrefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", useExpression);
  }
}
