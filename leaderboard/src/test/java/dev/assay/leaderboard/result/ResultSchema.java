package dev.assay.leaderboard.result;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON Schema of result files, made from the records and their Javadoc. */
final class ResultSchema {
  private ResultSchema() {}

  static ObjectNode generate() {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(new JacksonModule(JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY))
            .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
            .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
            .with(Option.DEFINITIONS_FOR_ALL_OBJECTS);
    RecordJavadoc javadoc = new RecordJavadoc();
    config
        .forTypesInGeneral()
        .withPropertySorter((unused, unusedToo) -> 0)
        .withDescriptionResolver(type -> javadoc.summary(type.getType().getErasedType()))
        .withCustomDefinitionProvider(ResultSchema::mapOfStrings);
    config
        .forFields()
        .withRequiredCheck(field -> !isNullable(field))
        .withEnumResolver(
            field ->
                isVersion(field) ? List.of(Result.OLDEST_VERSION, Result.SCHEMA_VERSION) : null)
        .withDescriptionResolver(
            field ->
                field.isFakeContainerItemScope()
                    ? null
                    : javadoc.parameter(
                        field.getDeclaringType().getErasedType(), field.getDeclaredName()));
    return new SchemaGenerator(config.build()).generateSchema(Result.class);
  }

  private static @Nullable CustomDefinition mapOfStrings(
      ResolvedType type, SchemaGenerationContext context) {
    boolean isProtocol = type.getErasedType() == Protocol.class;
    if (!isProtocol && type.getErasedType() != Map.class) {
      return null;
    }
    ObjectNode schema = context.getGeneratorConfig().createObjectNode().put("type", "object");
    schema.putObject("additionalProperties").put("type", "string");
    return new CustomDefinition(
        schema,
        isProtocol
            ? CustomDefinition.DefinitionType.STANDARD
            : CustomDefinition.DefinitionType.INLINE,
        CustomDefinition.AttributeInclusion.YES);
  }

  private static boolean isVersion(FieldScope field) {
    return field.getDeclaringType().getErasedType() == Result.class
        && field.getDeclaredName().equals("schemaVersion");
  }

  private static boolean isNullable(FieldScope field) {
    return field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
  }
}
