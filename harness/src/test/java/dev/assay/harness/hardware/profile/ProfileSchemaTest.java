package dev.assay.harness.hardware.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileSchemaTest {
  private static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));
  private static final Path FILE = ROOT.resolve("docs/schemas/hardware-profile.schema.json");

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void thePublishedSchemaIsTheOneOfTheCode() throws IOException {
    String generated =
        json.writerWithDefaultPrettyPrinter().writeValueAsString(ProfileSchema.generate()) + "\n";
    if (Boolean.getBoolean("assay.regenerate")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, generated);
    }

    assertThat(FILE)
        .as(
            "%s differs from the records; write it anew with:"
                + " mvn -pl harness -am test -Dtest=ProfileSchemaTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dassay.regenerate=true",
            FILE)
        .content()
        .isEqualTo(generated);
  }

  static List<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("hardware-profiles"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shippedProfilesAreValid(Path file) throws IOException {
    assertThat(schema().validate(new YAMLMapper().readTree(file.toFile()))).isEmpty();
  }

  @Test
  void theSchemaRefusesWhatTheCodeRefuses() throws IOException {
    JsonNode misspelt =
        new YAMLMapper()
            .readTree(
                Files.readString(ROOT.resolve("hardware-profiles/nvidia-l4.yaml"))
                    .replace("denseTeraOps: 30.3", "denseTerraOps: 30.3")
                    .replace("dtype: float8", "dtype: fp8"));

    assertThat(schema().validate(misspelt))
        .extracting(message -> message.getInstanceLocation().toString())
        .contains("$.peaks[0]", "$.peaks[4].dtype");
  }

  private JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(json.readTree(FILE.toFile()));
  }
}
