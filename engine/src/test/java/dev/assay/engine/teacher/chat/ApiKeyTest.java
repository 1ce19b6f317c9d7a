package dev.assay.engine.teacher.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest {
  private static final String VARIABLE = ApiKey.DEFAULT_VARIABLE;

  @Test
  void isShownNowhere() {
    ApiKey key = ApiKey.fromEnvironment(Map.of(VARIABLE, " sk-abc \n"), VARIABLE);
    ChatServer server = ChatServer.at(ChatServer.OPENAI + "/", key);

    assertThat(key.authorization()).contains("Bearer sk-abc");
    assertThat(key).hasToString("the key in OPENAI_API_KEY");
    assertThat(server.toString()).doesNotContain("sk-abc");
    assertThat(server.base()).hasToString(ChatServer.OPENAI);
    assertThat(new ChatClient(server).server()).hasToString(server.toString());
  }

  @Test
  void mustBeSet() {
    assertThatThrownBy(() -> ApiKey.fromEnvironment(Map.of(), VARIABLE))
        .hasMessageContaining("OPENAI_API_KEY: not set");
    assertThatThrownBy(() -> ApiKey.fromEnvironment(Map.of(VARIABLE, " "), VARIABLE))
        .hasMessageContaining("OPENAI_API_KEY: not set");
  }

  @Test
  void mustBeOne() {
    assertThatThrownBy(() -> ApiKey.fromEnvironment(Map.of(VARIABLE, "two words"), VARIABLE))
        .hasMessageContaining(VARIABLE)
        .hasMessageNotContaining("two");
    assertThatThrownBy(() -> ApiKey.fromEnvironment(Map.of("X", "y"), "sk-mistaken"))
        .hasMessageContaining("apiKeyVariable")
        .hasMessageNotContaining("mistaken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:secret@host/v1",
        "https://host/v1?key=secret",
        "ftp://secret",
        "secret",
        "https://secret host"
      })
  void addressesHideNone(String base) {
    assertThatThrownBy(() -> ChatServer.at(base, ApiKey.none()))
        .hasMessageContaining("baseUrl")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/v1", "http://localhost.host/v1", "http://127.0.0.1.host/v1"})
  void goToNoOtherMachineInTheClear(String base) {
    ApiKey key = ApiKey.fromEnvironment(Map.of(VARIABLE, "sk-abc"), VARIABLE);

    assertThatThrownBy(() -> ChatServer.at(base, key))
        .hasMessageContainingAll("baseUrl", "https")
        .hasMessageNotContaining("sk-abc");
    assertThat(ChatServer.at(base, ApiKey.none()).base()).hasToString(base);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:8000/v1", "http://127.0.0.2/v1", "http://[::1]:8000/v1"})
  void goInTheClearToThisMachine(String base) {
    ApiKey key = ApiKey.fromEnvironment(Map.of(VARIABLE, "sk-abc"), VARIABLE);

    assertThat(ChatServer.at(base, key).base()).hasToString(base);
  }
}
