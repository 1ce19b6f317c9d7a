package dev.assay.harness.suite;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.EnumName;
import dev.assay.engine.config.ScalarFactory;
import dev.assay.engine.distill.TermReader;
import dev.assay.engine.distill.TermType;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.recipe.Step;
import org.jspecify.annotations.Nullable;

/** Schemas of the types whose YAML is not simply the record's components. */
final class SpecialForms implements CustomDefinitionProviderV2 {
  private final StageRegistry registry;

  SpecialForms(StageRegistry registry) {
    this.registry = registry;
  }

  @Override
  public @Nullable CustomDefinition provideCustomSchemaDefinition(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> erased = type.getErasedType();
    if (erased == Step.class) {
      return inline(steps(context));
    }
    if (erased == WeightedTerm.class) {
      return inline(terms(context));
    }
    if (erased == MeasuresPatch.class) {
      return inline(reference(Measures.class, context));
    }
    if (erased.isEnum()) {
      ObjectNode names = context.getGeneratorConfig().createObjectNode().put("type", "string");
      EnumName.all(erased).forEach(names.putArray("enum")::add);
      return inline(names);
    }
    return ScalarFactory.of(erased)
        .map(factory -> inline(scalarForm(factory, type, context)))
        .orElse(null);
  }

  private static CustomDefinition inline(ObjectNode definition) {
    return new CustomDefinition(definition, DefinitionType.INLINE, AttributeInclusion.NO);
  }

  private static ObjectNode reference(Class<?> type, SchemaGenerationContext context) {
    return context.createDefinitionReference(context.getTypeContext().resolve(type));
  }

  /** A stage's bare name, or a mapping of its name to its parameters. */
  private ObjectNode steps(SchemaGenerationContext context) {
    ObjectNode step = context.getGeneratorConfig().createObjectNode();
    ArrayNode forms = step.putArray("anyOf");
    ArrayNode names = forms.addObject().put("type", "string").putArray("enum");
    ObjectNode mapping = forms.addObject();
    mapping.put("type", "object").put("additionalProperties", false);
    mapping.put("minProperties", 1).put("maxProperties", 1);
    ObjectNode properties = mapping.putObject("properties");
    for (StageType<?> type : registry.all()) {
      names.add(type.name());
      ObjectNode stage = properties.putObject(type.name());
      stage.put("description", type.summary());
      ArrayNode parameters = stage.putArray("anyOf");
      parameters.addObject().put("type", "null");
      parameters.add(withSelection(type.parameters(), context));
    }
    return step;
  }

  /** A term's bare name, or a mapping of its name to its keys. */
  private ObjectNode terms(SchemaGenerationContext context) {
    ObjectNode term = context.getGeneratorConfig().createObjectNode();
    ArrayNode forms = term.putArray("anyOf");
    ArrayNode names = forms.addObject().put("type", "string").putArray("enum");
    ObjectNode mapping = forms.addObject();
    mapping.put("type", "object").put("additionalProperties", false);
    mapping.put("minProperties", 1).put("maxProperties", 1);
    ObjectNode properties = mapping.putObject("properties");
    for (TermType type : TermTypes.all()) {
      names.add(type.name());
      ArrayNode keys = properties.putObject(type.name()).putArray("anyOf");
      keys.addObject().put("type", "null");
      ObjectNode all = definition(TermReader.Weight.class, context);
      for (Class<? extends Record> part : type.keys()) {
        ObjectNode more = definition(part, context);
        if (more.has("properties")) {
          all.withObject("/properties").setAll((ObjectNode) more.get("properties"));
        }
        if (more.has("required")) {
          all.withArray("/required").addAll((ArrayNode) more.get("required"));
        }
      }
      keys.add(all);
    }
    return term;
  }

  /** A stage's parameters, and beside them which linears it works on. */
  private ObjectNode withSelection(Class<?> parameters, SchemaGenerationContext context) {
    ObjectNode both = definition(parameters, context);
    ObjectNode selection = definition(Selection.class, context);
    both.withObject("/properties").setAll((ObjectNode) selection.get("properties"));
    return both;
  }

  private ObjectNode definition(Class<?> type, SchemaGenerationContext context) {
    return context.createStandardDefinition(context.getTypeContext().resolve(type), this);
  }

  private ObjectNode scalarForm(
      ScalarFactory factory, ResolvedType type, SchemaGenerationContext context) {
    ObjectNode scalar = context.getGeneratorConfig().createObjectNode();
    ArrayNode types = scalar.putArray("type");
    for (String accepted : factory.form().types()) {
      types.add(accepted);
    }
    scalar.put("pattern", factory.form().pattern());
    if (!type.getErasedType().isRecord()) {
      return scalar;
    }
    ObjectNode either = context.getGeneratorConfig().createObjectNode();
    either.putArray("anyOf").add(scalar).add(context.createStandardDefinition(type, this));
    return either;
  }
}
