package dev.assay.engine.tokenizer;

import dev.assay.engine.tokenizer.convert.AddedToken;
import dev.assay.engine.tokenizer.convert.Frame;
import dev.assay.engine.tokenizer.convert.SentencePieceConversion;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import dev.assay.engine.tokenizer.convert.SentencePieceReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code tokenizer.model} or {@code spiece.model}, as LLaMA's and T5's tokenizers read them. */
final class SentencePieceFile {
  private static final String T5 = "T5Tokenizer";

  /** These number the pieces otherwise than the file does, or change the text first. */
  private static final Set<String> OTHERWISE =
      Set.of(
          "AlbertTokenizer",
          "DebertaV2Tokenizer",
          "FNetTokenizer",
          "XLNetTokenizer",
          "BarthezTokenizer",
          "CamembertTokenizer",
          "M2M100Tokenizer",
          "MBartTokenizer",
          "MBart50Tokenizer",
          "NllbTokenizer",
          "PegasusTokenizer",
          "XGLMTokenizer",
          "XLMRobertaTokenizer");

  private static final int T5_EXTRA_IDS = 100;

  private final SentencePieceModel model;
  private final TokenizerSettings settings;
  private final boolean t5;

  private SentencePieceFile(SentencePieceModel model, TokenizerSettings settings) {
    this.model = model;
    this.settings = settings;
    // T5's vocabulary has no BOS.
    this.t5 =
        settings.className().equals(T5)
            || (settings.className().isEmpty() && piece(model.bos()).isEmpty());
  }

  static TokenizerParts read(TokenizerInputs inputs, String file, TokenizerSettings settings) {
    if (OTHERWISE.contains(settings.className())) {
      throw settings.unsupportedClass("one that takes texts and ids as " + file + " does");
    }
    String name = inputs.path(file).toString();
    return new SentencePieceFile(SentencePieceReader.read(name, inputs.bytes(file)), settings)
        .parts(name);
  }

  private TokenizerParts parts(String name) {
    SentencePieceConversion conversion = new SentencePieceConversion(model);
    Optional<String> bos = settings.token("bos_token").or(() -> piece(model.bos()));
    Optional<String> eos = settings.token("eos_token").or(() -> piece(model.eos()));
    AddedTokens added =
        new AddedTokens(name, model.ids())
            .with(settings.added())
            .with(conversion.addedPieces())
            .with(extraIds())
            .withSpecial(settings.specialTokens())
            .withSpecial(bos.stream().collect(Collectors.toSet()))
            .withSpecial(eos.stream().collect(Collectors.toSet()));
    boolean addBos = settings.flag("add_bos_token").orElse(!t5 && bos.isPresent());
    boolean addEos = settings.flag("add_eos_token").orElse(t5);
    Frame frame =
        new Frame(added.frame(addBos, "bos_token", bos), added.frame(addEos, "eos_token", eos));
    return new TokenizerParts(name, conversion.json(added.tokens(), frame), bos, eos);
  }

  /** T5's sentinels, the last of which follows the vocabulary. */
  private List<AddedToken> extraIds() {
    List<AddedToken> extra = new ArrayList<>();
    if (settings.className().equals(T5) && !settings.listsAddedTokens()) {
      Set<String> known = new HashSet<>(model.ids().keySet());
      int count = settings.number("extra_ids", T5_EXTRA_IDS);
      for (int i = 0; i < count && !known.contains("<extra_id_0>"); i++) {
        extra.add(
            AddedToken.special(model.pieces().size() + i, "<extra_id_" + (count - 1 - i) + ">"));
      }
    }
    return extra;
  }

  private Optional<String> piece(OptionalInt id) {
    return id.isPresent()
        ? Optional.of(model.pieces().get(id.getAsInt()).text())
        : Optional.empty();
  }
}
