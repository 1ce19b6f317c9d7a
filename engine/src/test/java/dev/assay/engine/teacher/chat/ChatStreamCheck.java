package dev.assay.engine.teacher.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** Answers piece by piece, whole and broken. */
public final class ChatStreamCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws Exception {
    assertThat(golden.flag("tolerance", "exact")).isTrue();
    StreamedAnswer answer = StreamedAnswer.read(GoldenTexts.reply(golden));

    assertThat(answer.complete()).isEqualTo(golden.flag("complete"));
    assertThat(answer.soFar()).isNotNull();
    if (golden.states("content")) {
      assertThat(answer.soFar().first().content()).isEqualTo(GoldenTexts.text(golden, "content"));
      assertThat(answer.soFar().first().finishReason())
          .isEqualTo(GoldenTexts.text(golden, "finish_reason"));
    } else {
      assertThat(answer.soFar().first().content())
          .isEqualTo(GoldenTexts.text(golden, "content_so_far"));
    }
    if (golden.states("usage")) {
      assertThat(GoldenTexts.text(golden, "usage")).isNull();
      assertThat(answer.soFar().usage()).isNull();
    }
    if (golden.states("usage_total_tokens")) {
      assertThat(answer.soFar().usage()).isNotNull();
      assertThat(answer.soFar().usage().totalTokens())
          .isEqualTo((long) golden.scalar("usage_total_tokens"));
      JsonNode body = GoldenTexts.json(golden, "request");
      assertThat(GoldenTexts.request(body).body(true)).hasToString(body.toString());
    }
    if (golden.states("error_type")) {
      assertThat(answer.error()).isNotNull();
      assertThat(answer.error().type()).isEqualTo(GoldenTexts.text(golden, "error_type"));
    }
    assertThat(answer.complete()).isEqualTo(answer.error() == null && answer.fault() == null);
  }
}
