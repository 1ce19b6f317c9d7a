package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.Frame;
import dev.assay.engine.tokenizer.convert.WordPieceConversion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** BERT's {@code vocab.txt}, a token a line. */
final class WordPieceFile {
  private static final Set<String> BERT =
      Set.of("", "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "PreTrainedTokenizer");

  private WordPieceFile() {}

  static TokenizerParts read(TokenizerInputs inputs, String file, TokenizerSettings settings) {
    if (!BERT.contains(settings.className())) {
      throw settings.unsupportedClass("BertTokenizer");
    }
    String name = inputs.path(file).toString();
    Map<String, Integer> vocabulary = vocabulary(name, inputs.text(file));
    String unknown = settings.token("unk_token").orElse("[UNK]");
    String first = settings.token("cls_token").orElse("[CLS]");
    String last = settings.token("sep_token").orElse("[SEP]");
    WordPieceConversion conversion =
        new WordPieceConversion(
            name,
            vocabulary,
            settings.flag("do_lower_case").orElse(true),
            settings.flag("tokenize_chinese_chars").orElse(true),
            unknown);
    AddedTokens added =
        new AddedTokens(name, vocabulary)
            .with(settings.added())
            .withSpecial(settings.specialTokens())
            .withSpecial(Set.of(unknown, first, last))
            .withSpecial(Set.of("[PAD]", "[MASK]"));
    Frame frame =
        new Frame(
            added.frame(true, "cls_token", Optional.of(first)),
            added.frame(true, "sep_token", Optional.of(last)));
    return new TokenizerParts(
        name,
        conversion.json(added.tokens(), frame),
        settings.token("bos_token"),
        settings.token("eos_token"));
  }

  private static Map<String, Integer> vocabulary(String name, String text) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    int line = 0;
    for (String token : text.lines().toList()) {
      Integer other = vocabulary.put(token, line++);
      if (other != null) {
        throw new BadInputException(
            "%s: line %d: found '%s', which is line %d too; expected each token once"
                .formatted(name, line, token, other + 1));
      }
    }
    return vocabulary;
  }
}
