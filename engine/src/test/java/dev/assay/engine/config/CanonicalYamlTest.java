package dev.assay.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts are read as they were written. */
class CanonicalYamlTest {
  /** Hashes of builds among them, of which one in a few hundred looks like a number. */
  @ParameterizedTest
  @ValueSource(strings = {"69e92313", "1e5", "-2.5E+07", "12345678", "9f60a517", "2:4", "true", ""})
  void aTextIsReadAsOne(String text) throws JsonProcessingException {
    JsonNode read = new YAMLMapper().readTree(CanonicalYaml.write(Map.of("build", text)));

    assertThat(read.path("build").isTextual()).isTrue();
    assertThat(read.path("build").textValue()).isEqualTo(text);
  }
}
