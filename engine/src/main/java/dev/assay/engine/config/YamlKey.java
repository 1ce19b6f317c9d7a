package dev.assay.engine.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A YAML key of a record: what users can set, and what it is when they do not.
 *
 * @param name the key
 * @param type Java type of the value
 * @param defaultYaml value when the key is left out, as YAML
 * @param optional whether the key can be left out without there being a default
 * @param choices names of the constants that it may have; empty for all that the type has
 * @param description one line for people
 */
public record YamlKey(
    String name,
    Type type,
    Optional<String> defaultYaml,
    boolean optional,
    List<String> choices,
    String description) {
  public YamlKey {
    choices = List.copyOf(choices);
  }

  /** The keys of a record, in order. */
  public static List<YamlKey> of(Class<?> record) {
    if (!record.isRecord()) {
      throw new IllegalArgumentException(record + " is no record");
    }
    return Arrays.stream(record.getRecordComponents()).map(YamlKey::of).toList();
  }

  private static YamlKey of(RecordComponent component) {
    Default defaultValue = component.getAnnotation(Default.class);
    Choices choices = component.getAnnotation(Choices.class);
    Describe describe = component.getAnnotation(Describe.class);
    return new YamlKey(
        component.getName(),
        component.getGenericType(),
        Optional.ofNullable(defaultValue).map(Default::value),
        component.getAnnotatedType().isAnnotationPresent(Nullable.class),
        choices == null ? List.of() : List.of(choices.value()),
        describe == null ? "" : describe.value());
  }

  /** Whether the key must be given. */
  public boolean required() {
    return defaultYaml.isEmpty() && !optional;
  }

  /** What the value looks like, for people: {@code integer}, {@code one of [cpu, cuda]}. */
  public String typeName() {
    return choices.isEmpty() ? TypeName.of(type) : "one of " + choices;
  }
}
