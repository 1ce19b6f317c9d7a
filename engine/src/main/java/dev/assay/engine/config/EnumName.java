package dev.assay.engine.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the constants of an enum are written in YAML: {@code FIRST_ONLY} as {@code first-only}. */
public final class EnumName {
  private EnumName() {}

  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The names of all constants of an enum class. */
  public static List<String> all(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(c -> of((Enum<?>) c)).toList();
  }
}
