package dev.assay.engine.teacher.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
  private static final List<ChatMessage> SKY = List.of(ChatMessage.user("Sky?"));

  @TempDir Path directory;

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }

  private String rendered() {
    return ChatTemplate.fromDirectory(directory).orElseThrow().render(SKY, false);
  }

  private static String render(String template) {
    return ChatTemplate.of("template", template, "<s>", "</s>").render(SKY, false);
  }

  @Test
  void aCheckpointMayHaveNone() throws IOException {
    assertThat(ChatTemplate.fromDirectory(directory)).isEmpty();
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"chat_template\": null}");
    assertThat(ChatTemplate.fromDirectory(directory)).isEmpty();
  }

  @Test
  void itIsFoundWhereverItStands() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<b>\"}, \"eos_token\": \"<e>\", \"chat_template\":"
            + " \"{{ bos_token + messages[0].content + eos_token }}\"}");
    assertThat(rendered()).isEqualTo("<b>Sky?<e>");

    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"no\"},"
            + " {\"name\": \"default\", \"template\": \"{{ bos_token }}yes{{ eos_token }}\"}]}");
    assertThat(rendered()).isEqualTo("yes");
    write("special_tokens_map.json", "{\"eos_token\": \"<e>\"}");
    assertThat(rendered()).isEqualTo("yes<e>");

    write("chat_template.jinja", "a file{{ eos_token }}\n");
    assertThat(rendered()).isEqualTo("a file<e>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "[]", "[{\"name\": \"tool_use\", \"template\": \"no\"}]"})
  void anythingElseIsNone(String template) throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": " + template + "}");

    assertThatThrownBy(() -> ChatTemplate.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokenizer_config.json: chat_template");
  }

  /** Half a conversation would be learned as a whole one. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '~',
      value = {
        "a{{ raise_exception('No, never.') }}b::does not take a conversation: No, never.",
        "a{{ strftime_now('%Q') }}b::%Q",
        "a{{ messages }}b::list",
        "a{{ messages | surely_no_filter }}b::cannot be rendered",
        "a{{ messages[0].content.casefold() }}b::cannot be rendered",
        "a{{ surely_no_function(1) }}b::cannot be rendered",
        "a{% if 1 is surely_no_test %}b{% endif %}::cannot be rendered",
        "a{% surely_no_tag %}b::cannot be rendered",
        "a{{ (1 }}b::cannot be rendered",
        "a{% if true %}b::cannot be rendered",
        "a\\n{{ 'never closed::line 2: found a tag without its end",
        "a{% raw %}b{% endraw %}::raw",
        "a{% for m in messages if m.content %}b{% endfor %}::a condition",
      })
  void whatCannotBeRenderedIsAnError(String template, String words) {
    assertThatThrownBy(() -> render(template.replace("\\n", "\n")))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("template: ")
        .hasMessageContaining(words);
  }

  @Test
  void theDayIsAlwaysTheSame() {
    assertThat(render("{{ strftime_now('%Y-%m-%d, %A %d %B %y%') }}"))
        .isEqualTo("2024-07-26, Friday 26 July 24%");
  }

  @Test
  void namedArgumentsMayBeExpressions() {
    assertThat(
            render(
                "{% set n = namespace(a=2 + 3, b='x, y=(', c=[1, 2]|length - 1) %}{{ n.a }}{{ n.b }}{{ n.c }}"))
        .isEqualTo("5x, y=(1");
    assertThat(render("{{ (1 == 1) and (2 != 3) and (3 >= 2) }}")).isEqualTo("True");
  }

  @Test
  void onlyALastLineEndGoes() {
    assertThat(render("a\n\n")).isEqualTo("a\n");
    assertThat(render("{{ 'a' }}\n \n")).isEqualTo("a\n ");
    assertThat(render("")).isEmpty();
  }

  @Test
  void manyMayRenderAtATime() {
    ChatTemplate template =
        ChatTemplate.of("t", "{% for m in messages %}{{ m.content }}{% endfor %}", null, null);

    assertThat(
            IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> template.render(List.of(ChatMessage.user("" + i)), true))
                .toList())
        .isEqualTo(IntStream.range(0, 200).mapToObj(String::valueOf).toList());
  }

  /** What Python takes for white space, and Java does in part. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00a0", "\u0085", "\u1680", "\u2007", "\u2028", "\u202f", "\u205f", "\u3000", "\u001c",
        "\u000b"
      })
  void whiteSpaceIsPythons(String space) {
    String said = space + "a" + space + "b" + space;
    String source =
        "[{{ messages[0].content | trim }}][{{ messages[0].content.strip() }}]"
            + "[{{ messages[0].content.lstrip() }}][{{ messages[0].content.rstrip() }}]"
            + "[{{ messages[0].content.split() | join('+') }}]";
    String both = "a" + space + "b";

    assertThat(
            ChatTemplate.of("spaces", source, null, null)
                .render(List.of(ChatMessage.user(said)), false))
        .isEqualTo("[" + both + "][" + both + "][" + both + space + "][" + space + both + "][a+b]");
  }

  /** Characters that are none, though they are not seen either. */
  @ParameterizedTest
  @ValueSource(strings = {"\u200b", "\ufeff", "\u0000", "\u0001"})
  void whatIsNoWhiteSpaceStays(String mark) {
    String source = "[{{ messages[0].content | trim }}][{{ messages[0].content.strip() }}]";

    assertThat(
            ChatTemplate.of("marks", source, null, null)
                .render(List.of(ChatMessage.user(mark)), false))
        .isEqualTo("[" + mark + "][" + mark + "]");
  }
}
