package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.fixture.GoldenCase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parts of the room's cases that are no numbers. */
final class GoldenTexts {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private GoldenTexts() {}

  static String reply(GoldenCase golden) throws IOException {
    return Files.readString(golden.path("reply"));
  }

  static JsonNode json(GoldenCase golden, String input) throws IOException {
    return MAPPER.readTree(golden.path(input).toFile());
  }

  static @Nullable String text(GoldenCase golden, String key) {
    JsonNode value = golden.value(key);
    return value.isNull() ? null : value.textValue();
  }

  /** A request as users state it, from the body that it must become. */
  static ChatRequest request(JsonNode body) {
    List<ChatMessage> messages =
        body.path("messages").findParents("role").stream()
            .map(each -> new ChatMessage(each.get("role").asText(), each.get("content").asText()))
            .toList();
    Sampling sampling =
        body.has("temperature")
            ? new Sampling(
                body.get("temperature").asDouble(),
                body.get("top_p").asDouble(),
                body.get("max_tokens").asInt(),
                body.get("n").asInt(),
                body.get("seed").asLong(),
                List.of(body.get("stop").get(0).asText()),
                body.get("top_logprobs").asInt())
            : Sampling.OF_THE_SERVER;
    return new ChatRequest(body.get("model").asText(), messages, sampling);
  }
}
