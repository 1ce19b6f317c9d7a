package dev.assay.engine.teacher.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes conversations as one text, in the form that a model was trained to read. Messages are
 * never run as templates themselves. Rendered by a Jinja library for Java, with the settings of
 * transformers; what that library cannot do is an error, never another text.
 */
public final class ChatTemplate {
  private static final String FILE = "chat_template.jinja";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String GGUF_KEY = "tokenizer.chat_template";
  private static final String SPECIAL = "special_tokens_map.json";
  private static final String PLAIN =
      "{{ bos_token }}{% for message in messages %}"
          + "{% if not loop.first %}{{ '\\n\\n' }}{% endif %}"
          + "{% if message.role == 'system' %}{{ message.content }}"
          + "{% elif message.role == 'user' %}{{ 'User: ' + message.content }}"
          + "{% elif message.role == 'assistant' %}"
          + "{{ 'Assistant: ' + message.content }}{{ eos_token }}"
          + "{% else %}{{ raise_exception('expected the roles system, user and assistant') }}"
          + "{% endif %}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '\\n\\nAssistant:' }}{% endif %}";

  private final String where;
  private final String prepared;
  private final @Nullable String bos;
  private final @Nullable String eos;
  private final TemplateEngine engine = new TemplateEngine();

  private ChatTemplate(String where, String prepared, @Nullable String bos, @Nullable String eos) {
    this.where = where;
    this.prepared = prepared;
    this.bos = bos;
    this.eos = eos;
  }

  /**
   * A template.
   *
   * @param where what messages call it
   * @param source its text
   * @param bos the token that begins a sequence, {@code bos_token}; null for none
   * @param eos the token that ends one, {@code eos_token}; null for none
   * @throws BadInputException if a tag of it has no end, or it needs what the library lacks
   */
  public static ChatTemplate of(
      String where, String source, @Nullable String bos, @Nullable String eos) {
    TemplateSource.Prepared prepared = TemplateSource.prepare(where, source);
    ChatTemplate template = new ChatTemplate(where, prepared.text(), bos, eos);
    template.engine.requireKnown(where, prepared);
    return template;
  }

  /**
   * The template of a checkpoint: {@code chat_template.jinja}, else {@code chat_template} of {@code
   * tokenizer_config.json}, of several there the one named {@code default}.
   *
   * @return empty if the checkpoint has none
   * @throws BadInputException if a file is broken
   */
  public static Optional<ChatTemplate> fromDirectory(Path directory) {
    JsonNode config = json(directory.resolve(CONFIG));
    JsonNode special = json(directory.resolve(SPECIAL));
    String bos = token("bos_token", config, special);
    String eos = token("eos_token", config, special);
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      String source = new String(bytes(file), StandardCharsets.UTF_8);
      return Optional.of(of(file.toString(), source, bos, eos));
    }
    String where = directory.resolve(CONFIG) + ": chat_template";
    return source(where, config.path("chat_template")).map(text -> of(where, text, bos, eos));
  }

  /**
   * The template of a checkpoint: that of its directory, or where the tokenizer is in a GGUF file
   * the one that stands there.
   *
   * @param tokenizer the checkpoint's
   * @return empty if the checkpoint has none
   * @throws BadInputException if a file is broken
   */
  public static Optional<ChatTemplate> of(Checkpoint checkpoint, Tokenizer tokenizer) {
    Path directory = checkpoint.directory();
    Optional<GgufFile> header = checkpoint.gguf();
    if (header.isEmpty() || Files.exists(directory.resolve(TOKENIZER))) {
      return fromDirectory(directory);
    }
    return header
        .filter(file -> file.has(GGUF_KEY))
        .map(
            file ->
                of(
                    file.file() + ": " + GGUF_KEY,
                    file.text(GGUF_KEY),
                    text(tokenizer, tokenizer.bosId()),
                    text(tokenizer, tokenizer.eosId())));
  }

  /**
   * The form for models without a template: the system prompt, {@code User: } and {@code Assistant:
   * } in front of what each says, an empty line between messages, the tokenizer's first token in
   * front if it adds one, and its last one behind each answer.
   */
  public static ChatTemplate plain(Tokenizer tokenizer) {
    OptionalLong bos = tokenizer.addsBos() ? tokenizer.bosId() : OptionalLong.empty();
    return of("the plain form", PLAIN, text(tokenizer, bos), text(tokenizer, tokenizer.eosId()));
  }

  private static @Nullable String text(Tokenizer tokenizer, OptionalLong id) {
    return id.isPresent() ? tokenizer.decode(new long[] {id.getAsLong()}) : null;
  }

  private static Optional<String> source(String where, JsonNode template) {
    if (template.isMissingNode() || template.isNull()) {
      return Optional.empty();
    } else if (template.isTextual()) {
      return Optional.of(template.textValue());
    }
    for (JsonNode each : template) {
      if (each.path("name").asText().equals("default") && each.path("template").isTextual()) {
        return Optional.of(each.path("template").textValue());
      }
    }
    throw new BadInputException(
        where + ": found neither a text nor a list with one named default, expected a template");
  }

  private static JsonNode json(Path file) {
    return Files.exists(file)
        ? ForeignJson.read(file.toString(), bytes(file)).root()
        : MissingNode.getInstance();
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A token is named by its text, or by an object that holds the text as its content. */
  private static @Nullable String token(String key, JsonNode... files) {
    for (JsonNode file : files) {
      JsonNode token = file.path(key).isObject() ? file.path(key).path("content") : file.path(key);
      if (token.isTextual()) {
        return token.textValue();
      }
    }
    return null;
  }

  /**
   * Writes a conversation.
   *
   * @param opensAnswer whether the beginning of an answer follows, which the model goes on from;
   *     some templates always have it, and some never
   * @throws BadInputException if the template does not take the conversation, or the library cannot
   *     render the template
   */
  public String render(List<ChatMessage> messages, boolean opensAnswer) {
    Map<String, Object> bindings = new HashMap<>();
    bindings.put(
        "messages",
        messages.stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList());
    bindings.put("add_generation_prompt", opensAnswer);
    // A function, but templates ask first whether there is such a name.
    bindings.put("strftime_now", "");
    if (bos != null) {
      bindings.put("bos_token", bos);
    }
    if (eos != null) {
      bindings.put("eos_token", eos);
    }
    return engine.render(where, prepared, bindings);
  }

  /** sha256 in hexadecimal of all that decides what it writes. */
  public String sha256() {
    return DigestUtils.sha256Hex(String.join("\0", prepared, "" + bos, "" + eos));
  }

  /** What messages call it. */
  @Override
  public String toString() {
    return where;
  }
}
