package dev.assay.engine.teacher.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Refusals: what they say, and whether and when to ask again. */
public final class ChatErrorCheck implements GoldenCheck {
  /** Nowhere near the dates of the cases, which are relative to their answers. */
  private static final Instant NOW = Instant.parse("2031-01-01T00:00:00Z");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws Exception {
    assertThat(golden.flag("tolerance", "exact")).isTrue();
    ServerReply reply = reply(GoldenTexts.json(golden, "reply"));

    assertThat(reply.status()).isEqualTo((int) golden.scalar("status"));
    assertThat(RetryRule.byProtocol(reply)).isEqualTo(golden.flag("retry"));
    JsonNode seconds = golden.value("delay_seconds");
    assertThat(RetryRule.delay(reply, NOW))
        .isEqualTo(
            seconds.isNull()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(1000 * seconds.doubleValue()))));
    ServerError error = ServerError.of(reply.body());
    assertThat(error.type()).isEqualTo(GoldenTexts.text(golden, "error_type"));
    assertThat(error.code()).isEqualTo(GoldenTexts.text(golden, "error_code"));
    // What the published client asks again for, and gets no better answer to.
    assertThat(RetryRule.worthwhile(reply))
        .isEqualTo(golden.flag("retry") && !golden.name().equals("blackbox_error_429_quota"));
  }

  static ServerReply reply(JsonNode file) {
    Map<String, String> headers = new HashMap<>();
    file.path("headers").properties().forEach(e -> headers.put(e.getKey(), e.getValue().asText()));
    JsonNode body = file.path("body");
    return new ServerReply(
        file.path("status").asInt(),
        headers,
        body.isTextual() ? body.textValue() : body.toString());
  }
}
