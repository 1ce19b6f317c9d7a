package dev.assay.leaderboard.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.assay.leaderboard.ResultBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultSchemaTest {
  private static final Path SCHEMA =
      Path.of(System.getProperty("assay.root", ".."), "docs/schemas/result.schema.json");

  private final ObjectMapper mapper = new ObjectMapper();

  @Test
  void isTheCommittedOne() throws IOException {
    String generated =
        mapper.writerWithDefaultPrettyPrinter().writeValueAsString(ResultSchema.generate()) + "\n";
    if (Boolean.getBoolean("assay.regenerate")) {
      Files.createDirectories(SCHEMA.getParent());
      Files.writeString(SCHEMA, generated);
    }
    assertThat(SCHEMA)
        .as(
            "%s differs from the records; write it anew with:"
                + " mvn -pl leaderboard test -Dtest=ResultSchemaTest -Dassay.regenerate=true",
            SCHEMA)
        .content(UTF_8)
        .isEqualTo(generated);
  }

  @Test
  void acceptsWhatIsWritten(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("result.json");
    for (Result result : SomeResults.all()) {
      new ResultJson().write(file, result);
      assertThat(problems(mapper.readTree(file.toFile()))).isEmpty();
    }
  }

  @Test
  void rejectsWhatTheReaderRejects() throws IOException {
    ResultJson json = new ResultJson();
    ObjectNode good = json.mapper().valueToTree(ResultBuilder.of("gptq").build());
    assertThat(problems(good)).isEmpty();

    assertThat(problems(good.deepCopy().without("environment")))
        .singleElement()
        .asString()
        .contains("environment");
    assertThat(problems(good.deepCopy().put("status", "perhaps"))).isNotEmpty();
    assertThat(problems(good.deepCopy().put("unheardOf", 1))).isNotEmpty();
    assertThat(problems(good.deepCopy().put("startedAt", 12))).isNotEmpty();
  }

  private static Set<String> problems(JsonNode result) throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(SCHEMA));
    return schema.validate(result).stream()
        .map(ValidationMessage::getMessage)
        .collect(Collectors.toSet());
  }
}
