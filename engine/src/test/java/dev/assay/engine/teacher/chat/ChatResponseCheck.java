package dev.assay.engine.teacher.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole answers; they are read again as the cache writes them. */
public final class ChatResponseCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws Exception {
    assertThat(golden.flag("tolerance", "exact")).isTrue();
    Completion completion = CompletionJson.read(GoldenTexts.json(golden, "reply"));

    first(golden, completion.first());
    counts(golden, completion.usage());
    if (golden.states("contents_by_index")) {
      List<String> contents = new ArrayList<>();
      golden.structured("contents_by_index").forEach(each -> contents.add(each.textValue()));
      assertThat(completion.choices()).extracting(Choice::content).isEqualTo(contents);
    }
    assertThat(CompletionJson.read(CompletionJson.write(completion))).isEqualTo(completion);
    if (golden.name().equals("blackbox_response")) {
      JsonNode body = GoldenTexts.json(golden, "request");
      assertThat(GoldenTexts.request(body).body(false)).hasToString(body.toString());
      assertThat(completion.first().logprobs().get(2).alternatives())
          .extracting(TokenLogprob::token)
          .containsExactly(" the", "X");
    }
  }

  private static void first(GoldenCase golden, Choice choice) {
    if (golden.states("content")) {
      assertThat(choice.content()).isEqualTo(GoldenTexts.text(golden, "content"));
      assertThat(choice.finishReason()).isEqualTo(GoldenTexts.text(golden, "finish_reason"));
    }
    if (golden.states("refusal")) {
      assertThat(choice.refusal()).isEqualTo(GoldenTexts.text(golden, "refusal"));
    }
    if (golden.states("logprobs")) {
      List<Double> logprobs = new ArrayList<>();
      golden.structured("logprobs").forEach(each -> logprobs.add(each.doubleValue()));
      assertThat(choice.logprobs()).extracting(TokenLogprob::logprob).isEqualTo(logprobs);
    }
  }

  private static void counts(GoldenCase golden, @Nullable Usage usage) {
    assertThat(usage).isNotNull();
    if (golden.states("total_tokens")) {
      assertThat(usage.totalTokens()).isEqualTo((long) golden.scalar("total_tokens"));
    }
    if (golden.states("prompt_tokens")) {
      assertThat(usage.promptTokens()).isEqualTo((long) golden.scalar("prompt_tokens"));
      assertThat(usage.completionTokens()).isEqualTo((long) golden.scalar("completion_tokens"));
    }
  }
}
