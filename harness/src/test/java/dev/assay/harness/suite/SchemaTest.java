package dev.assay.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.dataset.DatasetRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The published schemas are those of the code, and the files that come with Assay satisfy them. Run
 * with {@code -Dassay.regenerate=true} to write the schemas anew.
 */
class SchemaTest {
  private static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));
  private static final Path SCHEMAS = ROOT.resolve("docs/schemas");
  private static final StageRegistry REGISTRY = StageRegistry.load();
  private static final YAMLMapper YAML = new YAMLMapper();

  private static void matchesPublished(ObjectNode generated, String file) throws IOException {
    Path published = SCHEMAS.resolve(file);
    String text = generated.toPrettyString() + "\n";
    if (Boolean.getBoolean("assay.regenerate")) {
      Files.writeString(published, text);
    }
    assertThat(Files.readString(published))
        .as(
            "%s; run 'mvn -pl harness -am test -Dtest=SchemaTest -Dassay.regenerate=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false' to write it anew",
            published)
        .isEqualTo(text);
  }

  @Test
  void theSuiteSchemaIsThatOfTheCode() throws IOException {
    matchesPublished(new YamlSchema(REGISTRY).suite(), "suite.schema.json");
  }

  @Test
  void theRecipeSchemaIsThatOfTheCode() throws IOException {
    matchesPublished(new YamlSchema(REGISTRY).recipe(), "recipe.schema.json");
  }

  @Test
  void theTeachSchemaIsThatOfTheCode() throws IOException {
    matchesPublished(new YamlSchema(REGISTRY).teach(), "teach.schema.json");
  }

  static Stream<Path> suites() throws IOException {
    return yamlFiles("suites");
  }

  static Stream<Path> recipes() throws IOException {
    return yamlFiles("recipes");
  }

  private static Stream<Path> yamlFiles(String directory) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(found).isNotEmpty();
      return found.stream();
    }
  }

  private static List<String> problems(String schemaFile, String yaml) throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(Files.readString(SCHEMAS.resolve(schemaFile)));
    JsonNode document = YAML.readTree(yaml);
    return schema.validate(document).stream().map(Object::toString).toList();
  }

  @ParameterizedTest
  @MethodSource("suites")
  void suitesSatisfyTheSchemaAndLoad(Path file) throws IOException {
    assertThat(problems("suite.schema.json", Files.readString(file))).isEmpty();
    LoadedSuite loaded =
        new SuiteLoader(REGISTRY, DatasetRegistry.fromEnvironment(List.of()), ROOT).load(file);
    assertThat(loaded.cells()).isNotEmpty();
    assertThat(file).hasFileName(loaded.suite().name() + ".yaml");
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void recipesSatisfyTheSchemaAndLoad(Path file) throws IOException {
    assertThat(problems("recipe.schema.json", Files.readString(file))).isEmpty();
    RecipeLoader loader = new RecipeLoader(ROOT.resolve("recipes"), REGISTRY);
    assertThat(problems("recipe.schema.json", loader.read(file).toYaml())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: a, summary: s, stage: []}                              | stage",
        "{name: a, summary: s, dtype: int8}                            | dtype",
        "{name: a}                                                     | summary",
        "{name: a, summary: s, stages: [gtpq]}                         | stages[0]",
        "{name: a, summary: s, stages: [{gptq: {bit: 4}}]}             | bit",
        "{name: a, summary: s, stages: [{wanda: {sparsity: half}}]}    | sparsity",
        "{name: a, summary: s, calibration: {samples: many}}           | samples"
      })
  void theRecipeSchemaRefusesWhatTheLoaderRefuses(String yaml, String culprit) throws IOException {
    assertThat(problems("recipe.schema.json", yaml)).anyMatch(text -> text.contains(culprit));
  }

  @Test
  void theSuiteSchemaRefusesWhatTheLoaderRefuses() throws IOException {
    String quick = Files.readString(ROOT.resolve("suites/quick.yaml"));
    assertThat(problems("suite.schema.json", quick.replace("device: cpu", "device: gpu")))
        .isNotEmpty();
    assertThat(problems("suite.schema.json", quick.replace("window: 1024,", ""))).isNotEmpty();
    assertThat(problems("suite.schema.json", quick.replace("forks: ", "fork: "))).isNotEmpty();
  }
}
