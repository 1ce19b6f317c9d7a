package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.Require;
import java.util.List;

/**
 * What a teacher is asked.
 *
 * @param model its name, as the server calls it
 * @param messages the conversation that is to be gone on with; not empty
 * @param sampling how the answer is drawn
 */
public record ChatRequest(String model, List<ChatMessage> messages, Sampling sampling) {
  public ChatRequest {
    Require.that(!model.isBlank(), "model", "'" + model + "'", "the name of a model");
    Require.that(!messages.isEmpty(), "messages", "none", "at least one message");
    messages = List.copyOf(messages);
  }

  /**
   * The body of a request to {@code chat/completions}.
   *
   * @param stream whether the answer is to come piece by piece; the counts of tokens are asked for
   *     then, which servers else leave out
   */
  ObjectNode body(boolean stream) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", model);
    ArrayNode written = body.putArray("messages");
    for (ChatMessage message : messages) {
      written.addObject().put("role", message.role()).put("content", message.content());
    }
    sample(body);
    if (stream) {
      body.put("stream", true);
      body.putObject("stream_options").put("include_usage", true);
    }
    return body;
  }

  private void sample(ObjectNode body) {
    if (sampling.temperature() != null) {
      body.put("temperature", sampling.temperature());
    }
    if (sampling.topP() != null) {
      body.put("top_p", sampling.topP());
    }
    if (sampling.maxTokens() != null) {
      body.put("max_tokens", sampling.maxTokens());
    }
    if (sampling.n() != null) {
      body.put("n", sampling.n());
    }
    if (sampling.seed() != null) {
      body.put("seed", sampling.seed());
    }
    if (sampling.stop() != null) {
      ArrayNode stop = body.putArray("stop");
      sampling.stop().forEach(stop::add);
    }
    if (sampling.topLogprobs() != null) {
      body.put("logprobs", true);
      body.put("top_logprobs", sampling.topLogprobs());
    }
  }
}
