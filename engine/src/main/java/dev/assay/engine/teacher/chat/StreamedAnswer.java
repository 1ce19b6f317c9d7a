package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An answer put together from the pieces of a stream.
 *
 * @param soFar what arrived; null if no choice did
 * @param complete whether the stream came to its end, {@code [DONE]}, and each choice to its own, a
 *     reason why it ends
 * @param error what the server said in the stream's midst; null for nothing
 * @param fault what is wrong with the stream itself; null for nothing
 */
record StreamedAnswer(
    @Nullable Completion soFar,
    boolean complete,
    @Nullable ServerError error,
    @Nullable String fault) {
  private static final String END = "[DONE]";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Reads a stream from its start to where it ends or breaks. */
  static StreamedAnswer read(String stream) {
    Pieces pieces = new Pieces();
    for (String event : EventReader.read(stream)) {
      if (event.strip().equals(END)) {
        return pieces.haveEnded()
            ? new StreamedAnswer(pieces.completion(), true, null, null)
            : new StreamedAnswer(
                pieces.completion(), false, null, "a choice came to no end before " + END);
      }
      try {
        JsonNode chunk = MAPPER.readTree(event);
        if (chunk.hasNonNull("error")) {
          return new StreamedAnswer(pieces.completion(), false, ServerError.of(chunk), null);
        }
        pieces.add(chunk);
      } catch (JsonProcessingException e) {
        return new StreamedAnswer(pieces.completion(), false, null, "an event is not valid JSON");
      }
    }
    return new StreamedAnswer(pieces.completion(), false, null, "it ended before " + END);
  }

  /** What has arrived of each choice. */
  private static final class Pieces {
    private final Map<Integer, Piece> choices = new TreeMap<>();
    private @Nullable String model;
    private @Nullable Usage usage;

    void add(JsonNode chunk) {
      if (model == null) {
        model = CompletionJson.text(chunk, "model");
      }
      Usage counted = CompletionJson.usage(chunk.path("usage"));
      usage = counted == null ? usage : counted;
      for (JsonNode choice : chunk.path("choices")) {
        choices.computeIfAbsent(choice.path("index").asInt(0), Piece::new).add(choice);
      }
    }

    boolean haveEnded() {
      return choices.values().stream().allMatch(each -> each.finishReason != null);
    }

    @Nullable Completion completion() {
      return choices.isEmpty()
          ? null
          : new Completion(model, choices.values().stream().map(Piece::choice).toList(), usage);
    }
  }

  private static final class Piece {
    private final int index;
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private @Nullable String content;
    private @Nullable String refusal;
    private @Nullable String finishReason;

    Piece(int index) {
      this.index = index;
    }

    void add(JsonNode choice) {
      JsonNode delta = choice.path("delta");
      content = joined(content, CompletionJson.text(delta, "content"));
      refusal = joined(refusal, CompletionJson.text(delta, "refusal"));
      logprobs.addAll(CompletionJson.logprobs(choice.path("logprobs")));
      String reason = CompletionJson.text(choice, "finish_reason");
      finishReason = reason == null ? finishReason : reason;
    }

    private static @Nullable String joined(@Nullable String before, @Nullable String more) {
      return before == null ? more : more == null ? before : before + more;
    }

    Choice choice() {
      return new Choice(index, content, refusal, finishReason, logprobs);
    }
  }
}
