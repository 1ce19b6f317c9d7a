package dev.assay.engine.teacher.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Conversations as Python's Jinja writes them, or refuses to. */
public final class ChatTemplateCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws Exception {
    assertThat(golden.rule("text")).isEqualTo("exact");
    ChatTemplate template =
        ChatTemplate.of("template", Files.readString(golden.path("template")), "<s>", "</s>");
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode each : golden.parameter("messages")) {
      messages.add(new ChatMessage(each.get("role").asText(), each.get("content").asText()));
    }
    boolean prompted = golden.parameter("add_generation_prompt").asBoolean();

    if (golden.states("text")) {
      assertThat(template.render(messages, prompted)).isEqualTo(golden.value("text").asText());
    } else {
      assertThatThrownBy(() -> template.render(messages, prompted))
          .isInstanceOf(BadInputException.class)
          .hasMessage(
              "template: does not take a conversation: " + golden.value("refusal").asText());
    }
  }
}
