package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chat template that lies in a GGUF file. */
class GgufChatTemplateTest extends TorchTest {
  private static final List<ChatMessage> ASKED = List.of(ChatMessage.user("Sky?"));

  @TempDir Path directory;

  private String rendered(Map<String, GgufValue> tokenizer, String name) {
    Path target = directory.resolve(name);
    Checkpoint source = Checkpoint.open(Goldens.room("families").resolve("llama"));
    new GgufWriter(torch, GgmlType.F16).write(source, "tiny", tokenizer, target);
    Checkpoint found = Checkpoint.open(target);
    try (Tokenizer opened = found.tokenizer()) {
      return ChatEncoder.of(found, opened).template().render(ASKED, true);
    }
  }

  @Test
  void itIsTheOneThatConversationsAreWrittenBy() {
    Map<String, GgufValue> keys =
        new LinkedHashMap<>(TokenizerKeys.of(ModelFixture.model("ref-7m")));
    assertThat(rendered(keys, "plain.gguf")).isEqualTo("User: Sky?\n\nAssistant:");

    keys.put(
        "tokenizer.chat_template",
        new GgufValue.Text(
            "{% for message in messages %}[{{ message.role }}] {{ message.content }}{{ eos_token }}"
                + "{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"));
    assertThat(rendered(keys, "own.gguf")).isEqualTo("[user] Sky?<|endoftext|>[assistant]");
  }
}
