package dev.assay.harness.hardware.profile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.assay.engine.config.EnumName;
import dev.assay.engine.config.YamlKey;

/** The JSON Schema of hardware profiles, made from the records that read them. */
final class ProfileSchema {
  private ProfileSchema() {}

  static ObjectNode generate() {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
            .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
            .with(Option.DEFINITIONS_FOR_ALL_OBJECTS);
    config
        .forFields()
        .withRequiredCheck(field -> parameter(field).required())
        .withDescriptionResolver(
            field -> field.isFakeContainerItemScope() ? null : parameter(field).description());
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(
            (type, context) -> {
              if (!type.getErasedType().isEnum()) {
                return null;
              }
              ObjectNode names = context.getGeneratorConfig().createObjectNode();
              names.put("type", "string");
              EnumName.all(type.getErasedType()).forEach(names.putArray("enum")::add);
              return new CustomDefinition(names);
            });
    return new SchemaGenerator(config.build()).generateSchema(HardwareProfile.class);
  }

  private static YamlKey parameter(FieldScope field) {
    return YamlKey.of(field.getDeclaringType().getErasedType()).stream()
        .filter(parameter -> parameter.name().equals(field.getDeclaredName()))
        .findFirst()
        .orElseThrow();
  }
}
