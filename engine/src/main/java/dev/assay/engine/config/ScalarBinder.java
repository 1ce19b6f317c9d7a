package dev.assay.engine.config;

import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Scalar;
import java.util.List;

/** Makes numbers, strings, booleans and enum constants of scalars. */
final class ScalarBinder {
  private ScalarBinder() {}

  static Object bind(YamlNode node, KeyPath path, Class<?> type) {
    if (node instanceof Scalar scalar) {
      if (type == String.class && scalar.kind() == Kind.STRING) {
        return scalar.text();
      }
      if ((type == boolean.class || type == Boolean.class) && scalar.kind() == Kind.BOOLEAN) {
        return Boolean.valueOf(scalar.text());
      }
      if (type.isEnum() && scalar.kind() != Kind.NULL) {
        return constant(scalar, path, type);
      }
      if (scalar.kind() == Kind.INTEGER || scalar.kind() == Kind.NUMBER) {
        return number(scalar, path, type);
      }
    }
    throw wrongType(node, path, type);
  }

  private static Object number(Scalar scalar, KeyPath path, Class<?> type) {
    try {
      if (type == double.class || type == Double.class) {
        double value = Double.parseDouble(scalar.text());
        if (Double.isInfinite(value)) {
          throw new NumberFormatException(scalar.text());
        }
        return value;
      }
      if (scalar.kind() == Kind.INTEGER && (type == int.class || type == Integer.class)) {
        return Integer.valueOf(scalar.text());
      }
      if (scalar.kind() == Kind.INTEGER && (type == long.class || type == Long.class)) {
        return Long.valueOf(scalar.text());
      }
    } catch (NumberFormatException e) {
      throw path.error(
          scalar.position(),
          "found " + scalar.describe() + ", expected " + TypeName.of(type) + " of ordinary size");
    }
    throw wrongType(scalar, path, type);
  }

  private static Object constant(Scalar scalar, KeyPath path, Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      if (EnumName.of((Enum<?>) constant).equals(scalar.text())) {
        return constant;
      }
    }
    throw unknown(EnumName.all(type), scalar, path);
  }

  static void requireOneOf(List<String> names, Scalar scalar, KeyPath path) {
    if (scalar.kind() != Kind.NULL && !names.contains(scalar.text())) {
      throw unknown(names, scalar, path);
    }
  }

  private static BadInputException unknown(List<String> names, Scalar scalar, KeyPath path) {
    return path.error(
        scalar.position(),
        "found " + scalar.describe() + ", " + new Names(names).expectedInsteadOf(scalar.text()));
  }

  private static BadInputException wrongType(YamlNode node, KeyPath path, Class<?> type) {
    return path.error(
        node.position(), "found " + node.describe() + ", expected " + TypeName.of(type));
  }
}
