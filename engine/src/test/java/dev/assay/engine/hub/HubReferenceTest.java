package dev.assay.engine.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubReferenceTest {
  @Test
  void readsAllForms() {
    assertThat(HubReference.parse("hub:facebook/opt-125m"))
        .isEqualTo(new HubReference("facebook/opt-125m", "main", null));
    assertThat(HubReference.parse("hub:a/b@refs/pr/1"))
        .isEqualTo(new HubReference("a/b", "refs/pr/1", null));
    assertThat(HubReference.parse("hub:a/b@v1#q/m.gguf"))
        .isEqualTo(new HubReference("a/b", "v1", "q/m.gguf"));
    assertThat(HubReference.parse("hub:a/b#m.gguf"))
        .isEqualTo(new HubReference("a/b", "main", "m.gguf"))
        .hasToString("hub:a/b@main#m.gguf");
    assertThat(HubReference.parse("hub:a/b").name()).isEqualTo("b");
  }

  @Test
  void onlyWholeCommitsArePinned() {
    assertThat(HubReference.parse("hub:a/b@" + "0".repeat(40)).pinned()).isTrue();
    assertThat(HubReference.parse("hub:a/b@" + "0".repeat(39)).pinned()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hub:",
        "hub:gpt2",
        "hub:a/b/c",
        "hub:../b",
        "hub:a/..",
        "hub:a/.b",
        "hub:a b/c",
        "hub:a--b/c",
        "hub:a/b@",
        "hub:a/b#",
        "hub:a/b@../../x",
        "hub:a/b@/etc",
        "hub:a/b@x\ny",
        "hub:a/b@x\\y",
        "hub:a/b#../m.gguf",
        "hub:a/b#model.safetensors",
        "hub:a\u0000/b",
        "hugging:a/b"
      })
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> HubReference.parse(text))
        .isInstanceOf(BadInputException.class)
        .message()
        .contains("expected ")
        .matches("[^\\p{Cntrl}]*");
  }
}
