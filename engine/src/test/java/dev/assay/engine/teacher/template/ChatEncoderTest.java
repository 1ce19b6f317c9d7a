package dev.assay.engine.teacher.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.DropReason;
import dev.assay.engine.tokenizer.SpecialTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatEncoderTest {
  private static final List<ChatMessage> ASKED = List.of(ChatMessage.user("What colour is it?"));
  private static final ChatExample SKY = new ChatExample(ASKED, "Blue – or grey.");
  private static final ChatExample LATER =
      new ChatExample(
          List.of(
              ChatMessage.user("Sky?"),
              ChatMessage.assistant("Blue."),
              ChatMessage.user("And grass in spring?")),
          "Green.");

  /** With the tokens of some templates. */
  private static Tokenizer tokenizer(String name) throws IOException {
    Path file = Goldens.room("tokenizers").resolve(name).resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    ArrayNode added = (ArrayNode) json.get("added_tokens");
    long id = 600;
    for (String token :
        List.of(
            "<|im_start|>",
            "<|im_end|>",
            "<|start_header_id|>",
            "<|end_header_id|>",
            "<|eot_id|>")) {
      added
          .addObject()
          .put("id", id++)
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    boolean bytes = name.startsWith("byte");
    return Tokenizer.fromJson(
        name,
        json.toString(),
        new SpecialTokens(
            bytes ? OptionalLong.empty() : OptionalLong.of(1),
            OptionalLong.of(bytes ? 0 : 2),
            OptionalLong.empty(),
            Optional.empty()));
  }

  private static ChatTemplate template(String name) throws IOException {
    Path file = Goldens.room("templates").resolve(name + ".jinja");
    return ChatTemplate.of(name, Files.readString(file), "<s>", "</s>");
  }

  private static String scored(Tokenizer tokenizer, ChatTokens tokens) {
    return tokenizer.decode(
        Arrays.copyOfRange(tokens.ids(), tokens.promptLength(), tokens.length()));
  }

  private static String prompt(Tokenizer tokenizer, ChatTokens tokens) {
    return tokenizer.decode(Arrays.copyOf(tokens.ids(), tokens.promptLength()));
  }

  /** The answer and what ends it, and nothing of what comes before or after. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '~',
      value = {
        "bytelevel_bpe::chatml::Green.<|im_end|>\\n",
        "bytelevel_bpe::qwen2::Green.<|im_end|>\\n",
        "bytelevel_bpe::qwen3::<think>\\n\\n</think>\\n\\nGreen.<|im_end|>\\n",
        "bytelevel_bpe::llama3::Green.<|eot_id|>",
        "bytelevel_bpe::llama31::Green.<|eot_id|>",
        "bytelevel_bpe::mistral::Green.</s>",
        "bytelevel_bpe::mistral3:: Green.</s>",
        "bytelevel_bpe::gemma::Green.<end_of_turn>\\n",
        "spm_bpe_bytefallback::mistral::Green.</s>",
        "spm_bpe_bytefallback::llama2::Green. </s>",
      })
  void onlyTheAnswerIsScored(String name, String form, String expected) throws IOException {
    try (Tokenizer tokenizer = tokenizer(name)) {
      ChatEncoder encoder = new ChatEncoder(template(form), tokenizer);
      ChatTokens tokens = encoder.encode(LATER);

      assertThat(scored(tokenizer, tokens)).isEqualTo(expected.replace("\\n", "\n"));
      assertThat(prompt(tokenizer, tokens))
          .contains("Sky?", "Blue.", "And grass in spring?")
          .doesNotContain("Green");
      assertThat(encoder.count(LATER.prompt())).isEqualTo(tokens.promptLength());
      assertThat(encoder.encodePrompt(LATER.prompt()))
          .isEqualTo(Arrays.copyOf(tokens.ids(), tokens.promptLength()));
    }
  }

  @Test
  void withoutATemplateThereIsAPlainForm() throws IOException {
    List<ChatMessage> said = List.of(ChatMessage.system("Be brief."), ChatMessage.user("Sky?"));
    try (Tokenizer tokenizer = tokenizer("bytelevel_bpe")) {
      ChatEncoder encoder =
          ChatEncoder.of(Goldens.room("tokenizers").resolve("bytelevel_bpe"), tokenizer);
      ChatTokens tokens = encoder.encode(new ChatExample(said, "Blue."));

      assertThat(prompt(tokenizer, tokens)).isEqualTo("Be brief.\n\nUser: Sky?\n\nAssistant:");
      assertThat(scored(tokenizer, tokens)).isEqualTo(" Blue.<|endoftext|>");
    }
    try (Tokenizer tokenizer = tokenizer("spm_bpe_bytefallback")) {
      ChatTokens tokens = new ChatEncoder(ChatTemplate.plain(tokenizer), tokenizer).encode(LATER);

      assertThat(tokens.ids()[0]).isEqualTo(1);
      assertThat(tokens.ids()[tokens.length() - 1]).isEqualTo(2);
      assertThat(prompt(tokenizer, tokens)).contains("Assistant: Blue.</s>").endsWith("Assistant:");
    }
  }

  /** The form that is asked for is the one that is learned. */
  @Test
  void anAnswerThatIsStrippedIsLearnedAsItIsWritten() throws IOException {
    try (Tokenizer tokenizer = tokenizer("bytelevel_bpe")) {
      ChatEncoder encoder = new ChatEncoder(template("llama31"), tokenizer);
      ChatTokens tokens = encoder.encode(new ChatExample(ASKED, " \nBlue.\n"));

      assertThat(scored(tokenizer, tokens)).isEqualTo("Blue.<|eot_id|>");
    }
  }

  @Test
  void aTemplateThatForgetsTheAnswerIsAnError() throws IOException {
    try (Tokenizer tokenizer = tokenizer("bytelevel_bpe")) {
      ChatTemplate deaf = ChatTemplate.of("deaf", "{{ messages[0].content }}", null, null);
      assertThatThrownBy(() -> new ChatEncoder(deaf, tokenizer).encode(SKY))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("deaf: found no answer");
    }
  }

  @Test
  void anExampleHasAPromptAndAnAnswer() {
    assertThatThrownBy(() -> new ChatTokens(new long[] {5}, 1)).hasMessageContaining("prompt");
  }

  @Test
  void textsThatWouldBeReadAsStructureAreLeftOut() throws IOException {
    ChatExample odd = new ChatExample(ASKED, "It ends <|im_end|>\n<|im_start|>user\nhere.");
    try (Tokenizer tokenizer = tokenizer("bytelevel_bpe")) {
      ChatEncoder encoder = new ChatEncoder(template("chatml"), tokenizer);
      int longest = encoder.encode(SKY).length();
      TokenizedSet set = TokenizedSet.of(List.of(SKY, odd, LATER), encoder, longest);

      assertThat(set.examples()).hasSize(1);
      assertThat(set.dropped().count(DropReason.CONTROL_TOKEN)).isEqualTo(1);
      assertThat(set.dropped().count(DropReason.TOO_LONG)).isEqualTo(1);
      assertThat(TokenizedSet.of(List.of(SKY, LATER), encoder, 1000).examples()).hasSize(2);
    }
  }

  /**
   * The system prompt stands in front of the last question, and goes away once there is an answer.
   */
  @Test
  void aTemplateThatWritesThePromptAnewIsRefused() throws IOException {
    ChatExample example =
        new ChatExample(
            List.of(
                ChatMessage.system("Be brief."),
                ChatMessage.user("Sky?"),
                ChatMessage.assistant("Blue."),
                ChatMessage.user("And grass in spring?")),
            "Green.");
    try (Tokenizer tokenizer = tokenizer("bytelevel_bpe")) {
      ChatEncoder encoder = new ChatEncoder(template("mistral3"), tokenizer);

      assertThatThrownBy(() -> encoder.encode(example))
          .isInstanceOf(BadInputException.class)
          .hasMessageContainingAll("mistral3", "prompt");
    }
  }
}
