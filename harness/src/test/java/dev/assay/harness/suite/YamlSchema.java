package dev.assay.harness.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.victools.jsonschema.generator.CustomPropertyDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.assay.engine.config.YamlKey;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.teach.TeachFile;
import java.util.List;

/** JSON Schemas of the YAML files, made of the records that the files are bound to. */
final class YamlSchema {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final SchemaGenerator generator;

  YamlSchema(StageRegistry registry) {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
            .with(Option.DEFINITIONS_FOR_ALL_OBJECTS);
    config
        .forFields()
        .withDescriptionResolver(field -> parameter(field).description())
        .withDefaultResolver(
            field -> parameter(field).defaultYaml().map(YamlSchema::yaml).orElse(null))
        .withRequiredCheck(field -> parameter(field).required())
        .withCustomDefinitionProvider(
            (field, context) -> {
              List<String> choices = parameter(field).choices();
              return choices.isEmpty() ? null : choice(choices, context);
            });
    config.forTypesInGeneral().withCustomDefinitionProvider(new SpecialForms(registry));
    generator = new SchemaGenerator(config.build());
  }

  ObjectNode suite() {
    return titled(Suite.class, "Assay suite");
  }

  ObjectNode recipe() {
    ObjectNode schema = titled(Recipe.class, "Assay recipe");
    ObjectNode parents = ((ObjectNode) schema.get("properties")).putObject("extends");
    parents.put("description", "recipes whose keys this one takes over, later ones first");
    ArrayNode forms = parents.putArray("anyOf");
    forms.addObject().put("type", "string");
    forms.addObject().put("type", "array").putObject("items").put("type", "string");
    return schema;
  }

  ObjectNode teach() {
    return titled(TeachFile.class, "Assay training set of a teacher");
  }

  private ObjectNode titled(Class<?> type, String title) {
    ObjectNode schema = generator.generateSchema(type);
    schema.put("title", title);
    return schema;
  }

  private static CustomPropertyDefinition choice(
      List<String> choices, SchemaGenerationContext context) {
    ObjectNode definition = context.getGeneratorConfig().createObjectNode().put("type", "string");
    choices.forEach(definition.putArray("enum")::add);
    return new CustomPropertyDefinition(definition);
  }

  private static YamlKey parameter(FieldScope field) {
    return YamlKey.of(field.getDeclaringType().getErasedType()).stream()
        .filter(parameter -> parameter.name().equals(field.getDeclaredName()))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("default is not YAML: " + text, e);
    }
  }
}
