package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.ByteLevelConversion;
import dev.assay.engine.tokenizer.convert.ByteLevelSplit;
import dev.assay.engine.tokenizer.convert.Frame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code vocab.json} and {@code merges.txt}, or the same under GPT-2's first names, {@code
 * encoder.json} and {@code vocab.bpe}.
 */
final class ByteLevelFiles {
  private static final String GPT2_END = "<|endoftext|>";
  private static final Set<String> GPT2 =
      Set.of("", "GPT2Tokenizer", "CodeGenTokenizer", "GPTNeoXTokenizer", "PreTrainedTokenizer");
  private static final Set<String> ROBERTA =
      Set.of("RobertaTokenizer", "BartTokenizer", "LongformerTokenizer");
  private static final String QWEN2 = "Qwen2Tokenizer";

  private ByteLevelFiles() {}

  static TokenizerParts read(
      TokenizerInputs inputs,
      String vocabularyFile,
      String mergesFile,
      TokenizerSettings settings) {
    boolean roberta = ROBERTA.contains(settings.className());
    boolean qwen2 = settings.className().equals(QWEN2);
    if (!roberta && !qwen2 && !GPT2.contains(settings.className())) {
      throw settings.unsupportedClass("GPT2Tokenizer, RobertaTokenizer or Qwen2Tokenizer");
    }
    String name = inputs.path(vocabularyFile).toString();
    Map<String, Integer> vocabulary = vocabulary(name, inputs.object(vocabularyFile));
    ByteLevelConversion conversion =
        new ByteLevelConversion(
            inputs.path(mergesFile) + " with " + vocabularyFile,
            vocabulary,
            merges(inputs.text(mergesFile)),
            qwen2 ? ByteLevelSplit.QWEN2 : ByteLevelSplit.GPT2,
            settings.flag("add_prefix_space").orElse(false),
            settings.token("unk_token"));
    Optional<String> usual =
        Optional.of(roberta ? "</s>" : GPT2_END).filter(vocabulary::containsKey);
    Optional<String> bos =
        settings
            .token("bos_token")
            .or(() -> roberta ? Optional.of("<s>").filter(vocabulary::containsKey) : usual);
    Optional<String> eos = settings.token("eos_token").or(() -> usual);
    AddedTokens added =
        new AddedTokens(name, vocabulary)
            .with(settings.added())
            .withSpecial(settings.specialTokens())
            .withSpecial(roberta ? Set.of("<s>", "</s>", "<pad>", "<mask>") : Set.of(GPT2_END));
    boolean addBos = settings.flag("add_bos_token").orElse(roberta);
    boolean addEos = settings.flag("add_eos_token").orElse(roberta);
    Frame frame =
        new Frame(added.frame(addBos, "bos_token", bos), added.frame(addEos, "eos_token", eos));
    return new TokenizerParts(name, conversion.json(added.tokens(), frame), bos, eos);
  }

  static Map<String, Integer> vocabulary(String name, JsonNode root) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> token : root.properties()) {
      if (!token.getValue().isInt()) {
        throw new BadInputException(
            "%s: token '%s': found %s, expected its id"
                .formatted(name, token.getKey(), token.getValue()));
      }
      vocabulary.put(token.getKey(), token.getValue().intValue());
    }
    return vocabulary;
  }

  /** A merge a line, below a line with the version. */
  private static List<String> merges(String text) {
    List<String> lines = text.lines().filter(line -> !line.isEmpty()).toList();
    boolean version = !lines.isEmpty() && lines.get(0).startsWith("#version");
    return version ? lines.subList(1, lines.size()) : lines;
  }
}
