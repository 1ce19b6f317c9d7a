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

  /**
   * The constant of a name.
   *
   * @param key what the name stands under
   * @throws IllegalArgumentException if there is none such; the message names the key
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String key, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> of(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    key + ": found '" + name + "', expected one of " + all(type)));
  }

  /** The names of all constants of an enum class. */
  public static List<String> all(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(c -> of((Enum<?>) c)).toList();
  }
}
