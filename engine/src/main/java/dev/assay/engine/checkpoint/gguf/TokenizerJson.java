package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tokenizer within a GGUF file as Hugging Face's files. */
public final class TokenizerJson {
  static final String PREFIX = "tokenizer.ggml.";
  static final String BYTE_LEVEL = "gpt2";

  private static final long CONTROL = 3;
  private static final long USER_DEFINED = 4;

  private final GgufFile file;
  private final List<String> tokens;
  private final SpecialTokenKeys special;

  private TokenizerJson(GgufFile file) {
    this.file = file;
    this.tokens = file.texts(PREFIX + "tokens");
    this.special = new SpecialTokenKeys(file, tokens, false);
  }

  /** Whether {@link #files} can make something of it. */
  public static boolean isKnown(GgufFile file) {
    return switch (model(file)) {
      case BYTE_LEVEL -> preTokenizer(file).isPresent();
      case SentencePieceTokenizer.MODEL -> file.has(PREFIX + "tokens");
      default -> false;
    };
  }

  /**
   * {@code tokenizer.json} and {@code tokenizer_config.json}, by name.
   *
   * @throws BadInputException if there is no tokenizer, or one that Assay does not read
   */
  public static Map<String, ObjectNode> files(GgufFile file) {
    return switch (model(file)) {
      case BYTE_LEVEL -> {
        TokenizerJson json = new TokenizerJson(file);
        yield Map.of(
            "tokenizer.json", json.tokenizer(), "tokenizer_config.json", json.special.config());
      }
      case SentencePieceTokenizer.MODEL -> SentencePieceTokenizer.files(file);
      default ->
          throw new BadInputException(
              "%s: key %smodel: found '%s', expected '%s' or '%s'; put tokenizer.json beside the file"
                  .formatted(
                      file.file(), PREFIX, model(file), BYTE_LEVEL, SentencePieceTokenizer.MODEL));
    };
  }

  private static String model(GgufFile file) {
    return file.has(PREFIX + "model") ? file.text(PREFIX + "model") : "nothing";
  }

  private static Optional<PreTokenizer> preTokenizer(GgufFile file) {
    String key = PREFIX + "pre";
    if (file.has(key)) {
      return PreTokenizer.of(file.text(key));
    }
    // Files of GPT-2 from before the key was introduced.
    return file.text("general.architecture").equals("gpt2")
        ? Optional.of(PreTokenizer.GPT2)
        : Optional.empty();
  }

  private ObjectNode tokenizer() {
    String key = PREFIX + "pre";
    PreTokenizer pre =
        preTokenizer(file)
            .orElseThrow(
                () ->
                    new BadInputException(
                        file.file()
                            + ": key "
                            + key
                            + ": found "
                            + (file.has(key) ? "'" + file.text(key) + "'" : "nothing")
                            + ", expected one of "
                            + PreTokenizer.known()
                            + "; put tokenizer.json beside the file"));
    ObjectNode tokenizer = JsonNodeFactory.instance.objectNode();
    tokenizer.put("version", "1.0").putNull("truncation").putNull("padding");
    addedTokens(tokenizer.putArray("added_tokens"));
    tokenizer.putNull("normalizer");
    ObjectNode model = JsonNodeFactory.instance.objectNode().put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
    pre.describe(tokenizer, model);
    postProcessor(tokenizer);
    tokenizer
        .putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", true)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      if (vocabulary.has(tokens.get(id))) {
        throw new BadInputException(
            file.file() + ": key " + PREFIX + "tokens: found '" + tokens.get(id) + "' twice");
      }
      vocabulary.put(tokens.get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    file.texts(PREFIX + "merges").forEach(merges::add);
    tokenizer.set("model", model);
    return tokenizer;
  }

  private void addedTokens(ArrayNode added) {
    String key = PREFIX + "token_type";
    long[] types = file.has(key) ? file.wholes(key) : new long[tokens.size()];
    if (types.length != tokens.size()) {
      throw new BadInputException(
          file.file()
              + ": key "
              + key
              + ": found "
              + types.length
              + " types, expected "
              + tokens.size());
    }
    for (int id = 0; id < types.length; id++) {
      if (types[id] == CONTROL || types[id] == USER_DEFINED) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", types[id] == CONTROL);
      }
    }
  }

  private void postProcessor(ObjectNode tokenizer) {
    Optional<String> bos = special.token("bos");
    ObjectNode processor = tokenizer.putObject("post_processor");
    if (!special.addsBos() || bos.isEmpty()) {
      processor
          .put("type", "ByteLevel")
          .put("add_prefix_space", true)
          .put("trim_offsets", false)
          .put("use_regex", true);
      return;
    }
    processor.put("type", "TemplateProcessing");
    for (String kind : List.of("single", "pair")) {
      ArrayNode template = processor.putArray(kind);
      for (String part : kind.equals("single") ? List.of("A") : List.of("A", "B")) {
        int type = part.equals("A") ? 0 : 1;
        template.addObject().putObject("SpecialToken").put("id", bos.get()).put("type_id", type);
        template.addObject().putObject("Sequence").put("id", part).put("type_id", type);
      }
    }
    ObjectNode token = processor.putObject("special_tokens").putObject(bos.get());
    token.put("id", bos.get());
    token.putArray("ids").add(file.whole(PREFIX + "bos_token_id"));
    token.putArray("tokens").add(bos.get());
  }
}
