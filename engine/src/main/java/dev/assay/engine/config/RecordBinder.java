package dev.assay.engine.config;

import dev.assay.engine.config.YamlNode.Entry;
import dev.assay.engine.config.YamlNode.Mapping;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a record of a mapping's entries. */
final class RecordBinder {
  private final Class<?> type;
  private final List<YamlKey> parameters;

  RecordBinder(Class<?> type) {
    this.type = type;
    this.parameters = YamlKey.of(type);
  }

  /** Reads the value of one component. */
  @FunctionalInterface
  interface ComponentReader {
    @Nullable Object read(YamlKey parameter, YamlNode node, KeyPath path);
  }

  Object bind(Mapping mapping, KeyPath path, ComponentReader reader) {
    Problems problems = new Problems();
    boolean misspelt = findUnknownKeys(mapping, path, problems);
    @Nullable Object[] values = new @Nullable Object[parameters.size()];
    for (int i = 0; i < values.length; i++) {
      YamlKey parameter = parameters.get(i);
      int at = i;
      // A key that is missing may well be the one that is misspelt.
      if (!misspelt || mapping.entry(parameter.name()).isPresent()) {
        problems.in(() -> values[at] = value(parameter, mapping, path, reader));
      }
    }
    problems.requireNone();
    return create(values, mapping, path);
  }

  /** Whether there are some. */
  private boolean findUnknownKeys(Mapping mapping, KeyPath path, Problems problems) {
    Names known = new Names(parameters.stream().map(YamlKey::name).toList());
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.known().contains(key)) {
                problems.add(
                    path.key(key)
                        .error(
                            entry.position(),
                            "unknown key '" + key + "', " + known.expectedInsteadOf(key)));
              }
            });
    return !known.known().containsAll(mapping.entries().keySet());
  }

  private static @Nullable Object value(
      YamlKey parameter, Mapping mapping, KeyPath path, ComponentReader reader) {
    KeyPath keyPath = path.key(parameter.name());
    Optional<Entry> entry = mapping.entry(parameter.name());
    if (entry.isPresent()) {
      return reader.read(parameter, entry.get().value(), keyPath);
    }
    if (parameter.defaultYaml().isPresent()) {
      String origin = "default of " + keyPath;
      return reader.read(
          parameter, YamlReader.parse(parameter.defaultYaml().get(), origin), keyPath);
    }
    if (parameter.optional()) {
      return null;
    }
    throw path.error(
        mapping.position(),
        "missing key '"
            + parameter.name()
            + "', expected "
            + parameter.typeName()
            + (parameter.description().isEmpty() ? "" : " (" + parameter.description() + ")"));
  }

  private Object create(@Nullable Object[] values, Mapping mapping, KeyPath path) {
    try {
      return constructor().newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidValueException invalid) {
        Position position =
            mapping
                .entry(invalid.key())
                .map(entry -> entry.value().position())
                .orElse(mapping.position());
        throw path.key(invalid.key()).error(position, invalid.detail());
      }
      Throwable cause = e.getCause();
      if (cause instanceof IllegalArgumentException || cause instanceof BadInputException) {
        throw path.error(mapping.position(), String.valueOf(cause.getMessage()));
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " has no public constructor of its components", e);
    }
  }

  private Constructor<?> constructor() throws NoSuchMethodException {
    return type.getConstructor(
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new));
  }
}
