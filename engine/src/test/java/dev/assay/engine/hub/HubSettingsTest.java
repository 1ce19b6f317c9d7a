package dev.assay.engine.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSettingsTest {
  @TempDir private Path home;

  private HubSettings of(String... variables) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return HubSettings.fromEnvironment(environment, home);
  }

  @Test
  void hasTheDefaultsOfTheHubsClient() {
    HubSettings settings = of();

    assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(settings.offline()).isFalse();
    assertThat(settings.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(settings.token()).isNull();
  }

  @Test
  void theNearestVariableSaysWhereTheCacheIs() {
    assertThat(of("XDG_CACHE_HOME", "/x").cache()).isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").cache()).isEqualTo(Path.of("/h/hub"));
    assertThat(of("HF_HOME", "/h", "HF_HUB_CACHE", "/c").cache()).isEqualTo(Path.of("/c"));
    assertThat(of("HF_HOME", "~/h").cache()).isEqualTo(home.resolve("h/hub"));
  }

  @Test
  void theTokenComesFromTheVariableOrAFile() throws IOException {
    Files.createDirectories(home.resolve("h"));
    Files.writeString(home.resolve("h/token"), "hf_file\n");
    Files.writeString(home.resolve("other"), " hf_other ");
    String ofHub = home.resolve("h").toString();

    assertThat(of("HF_HOME", ofHub).token()).isEqualTo("hf_file");
    assertThat(of("HF_HOME", ofHub, "HF_TOKEN", "hf_env\n").token()).isEqualTo("hf_env");
    assertThat(of("HF_HOME", ofHub, "HF_TOKEN_PATH", home.resolve("other").toString()).token())
        .isEqualTo("hf_other");
    assertThat(of("HF_HOME", ofHub, "HF_TOKEN", "hf_env").toString()).doesNotContain("hf_env");
  }

  @Test
  void aMalformedTokenIsNotShown() {
    assertThatThrownBy(() -> of("HF_TOKEN", "hf_se\ncret"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("HF_TOKEN: ")
        .message()
        .doesNotContain("cret");
  }

  @Test
  void slashesAtTheEndOfTheEndpointDoNotMatter() {
    assertThat(of("HF_ENDPOINT", "http://mirror:8080//").endpoint())
        .isEqualTo(URI.create("http://mirror:8080"));
  }

  @Test
  void offlineIsReadAsTheHubsClientDoes() {
    assertThat(of("HF_HUB_OFFLINE", "True").offline()).isTrue();
    assertThat(of("HF_HUB_OFFLINE", "0").offline()).isFalse();
    assertThat(of("TRANSFORMERS_OFFLINE", "1").offline()).isTrue();
  }
}
