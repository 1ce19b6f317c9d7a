package dev.assay.engine.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/** What a Java type looks like in YAML, in words. */
final class TypeName {
  private static final Map<Type, String> SCALARS =
      Map.of(
          int.class, "an integer",
          Integer.class, "an integer",
          long.class, "an integer",
          Long.class, "an integer",
          double.class, "a number",
          Double.class, "a number",
          boolean.class, "true or false",
          Boolean.class, "true or false",
          String.class, "a string");

  private TypeName() {}

  static String of(Type type) {
    String scalar = SCALARS.get(type);
    if (scalar != null) {
      return scalar;
    }
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == List.class ? "a list" : "a mapping";
    }
    if (type instanceof Class<?> enumeration && enumeration.isEnum()) {
      return "one of " + EnumName.all(enumeration);
    }
    if (ScalarFactory.of(type).isPresent()) {
      return ScalarFactory.of(type).orElseThrow().expected();
    }
    return "a mapping";
  }
}
