package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A completion as the protocol writes it. */
final class CompletionJson {
  private CompletionJson() {}

  /**
   * Reads the body of an answer.
   *
   * @throws MalformedReplyException if it is none
   */
  static Completion read(JsonNode body) {
    List<Choice> choices = new ArrayList<>();
    for (JsonNode choice : body.path("choices")) {
      choices.add(choice(choice));
    }
    if (choices.isEmpty()) {
      throw new MalformedReplyException("found no choices in the answer");
    }
    return new Completion(text(body, "model"), choices, usage(body.path("usage")));
  }

  private static Choice choice(JsonNode choice) {
    JsonNode message = choice.path("message");
    if (!message.isObject()) {
      throw new MalformedReplyException("found a choice without a message");
    }
    return new Choice(
        choice.path("index").asInt(0),
        text(message, "content"),
        text(message, "refusal"),
        text(choice, "finish_reason"),
        logprobs(choice.path("logprobs")));
  }

  /** The tokens of a choice, or of a piece of one. */
  static List<TokenLogprob> logprobs(JsonNode logprobs) {
    List<TokenLogprob> tokens = new ArrayList<>();
    for (JsonNode token : logprobs.path("content")) {
      List<TokenLogprob> alternatives = new ArrayList<>();
      for (JsonNode other : token.path("top_logprobs")) {
        alternatives.add(token(other, List.of()));
      }
      tokens.add(token(token, alternatives));
    }
    return tokens;
  }

  private static TokenLogprob token(JsonNode token, List<TokenLogprob> alternatives) {
    if (!token.path("token").isTextual() || !token.path("logprob").isNumber()) {
      throw new MalformedReplyException("found a token without its log-probability");
    }
    return new TokenLogprob(
        token.path("token").textValue(), token.path("logprob").doubleValue(), alternatives);
  }

  /** Counts of tokens; null where there are none. */
  static @Nullable Usage usage(JsonNode usage) {
    JsonNode prompt = usage.path("prompt_tokens");
    JsonNode completion = usage.path("completion_tokens");
    if (!isCount(prompt) || !isCount(completion)) {
      return null;
    }
    return new Usage(prompt.asLong(), completion.asLong());
  }

  private static boolean isCount(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 0;
  }

  /** A text; null where there is none. */
  static @Nullable String text(JsonNode object, String key) {
    JsonNode value = object.path(key);
    return value.isTextual() ? value.textValue() : null;
  }

  /** What {@link #read} makes the same completion of. */
  static ObjectNode write(Completion completion) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", completion.model());
    ArrayNode choices = body.putArray("choices");
    for (Choice choice : completion.choices()) {
      ObjectNode written = choices.addObject().put("index", choice.index());
      written
          .putObject("message")
          .put("role", ChatMessage.ASSISTANT)
          .put("content", choice.content())
          .put("refusal", choice.refusal());
      written.put("finish_reason", choice.finishReason());
      if (!choice.logprobs().isEmpty()) {
        write(choice.logprobs(), written.putObject("logprobs").putArray("content"));
      }
    }
    Usage usage = completion.usage();
    if (usage != null) {
      body.putObject("usage")
          .put("prompt_tokens", usage.promptTokens())
          .put("completion_tokens", usage.completionTokens())
          .put("total_tokens", usage.totalTokens());
    }
    return body;
  }

  private static void write(List<TokenLogprob> tokens, ArrayNode array) {
    for (TokenLogprob token : tokens) {
      ObjectNode written =
          array.addObject().put("token", token.token()).put("logprob", token.logprob());
      if (!token.alternatives().isEmpty()) {
        write(token.alternatives(), written.putArray("top_logprobs"));
      }
    }
  }
}
