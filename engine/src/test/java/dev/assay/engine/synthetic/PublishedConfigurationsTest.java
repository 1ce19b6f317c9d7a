package dev.assay.engine.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.family.Families;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configurations that come with Assay have as many parameters as the published models. */
class PublishedConfigurationsTest {
  private static final Path CONFIGS =
      Path.of(System.getProperty("assay.root"), "models", "configs");

  /** Tied heads counted once; of the OPT models above 30B as the paper's table of shapes gives. */
  @ParameterizedTest
  @CsvSource({
    "llama-2-7b, 6738415616",
    "llama-2-13b, 13015864320",
    "llama-2-70b, 68976648192",
    "llama-3-8b, 8030261248",
    "llama-3-70b, 70553706496",
    "opt-125m, 125239296",
    "opt-350m, 331196416",
    "opt-1.3b, 1315758080",
    "opt-2.7b, 2651596800",
    "opt-6.7b, 6658473984",
    "opt-13b, 12853473280",
    "opt-30b, 29974540288",
    "opt-66b, 65719701504",
    "opt-175b, 174604468224",
    "mixtral-8x7b, 46702792704",
    "bloom-176b, 176247271424",
    "phi-3-mini-4k, 3821079552",
    "tinyllama-1.1b, 1100048384",
    "gpt2, 124439808",
    "gpt2-medium, 354823168",
    "gpt2-large, 774030080",
    "gpt2-xl, 1557611200",
  })
  void parameters(String name, long published) throws Exception {
    JsonNode config = new ObjectMapper().readTree(CONFIGS.resolve(name + ".json").toFile());
    String family = config.path("model_type").asText();
    assumeTrue(
        new Families().names().contains(family),
        () -> name + ": this build knows no family " + family + " yet");

    assertThat(ParameterList.of(config).count()).isEqualTo(published);
  }

  @Test
  void noneIsForgotten() throws Exception {
    try (Stream<Path> files = Files.list(CONFIGS)) {
      List<Path> configs =
          files
              .filter(file -> file.toString().endsWith(".json"))
              // Of no published model: a shape to take times with.
              .filter(file -> !String.valueOf(file.getFileName()).startsWith("llama-100m"))
              .toList();
      assertThat(configs).hasSize(22);
    }
  }
}
