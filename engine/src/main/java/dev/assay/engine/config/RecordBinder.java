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
    refuseUnknownKeys(mapping, path);
    @Nullable Object[] values =
        parameters.stream().map(parameter -> value(parameter, mapping, path, reader)).toArray();
    return create(values, mapping, path);
  }

  private void refuseUnknownKeys(Mapping mapping, KeyPath path) {
    Names known = new Names(parameters.stream().map(YamlKey::name).toList());
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.known().contains(key)) {
                throw path.key(key)
                    .error(
                        entry.position(),
                        "unknown key '" + key + "', " + known.expectedInsteadOf(key));
              }
            });
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
      if (e.getCause() instanceof IllegalArgumentException invalid) {
        throw path.error(mapping.position(), String.valueOf(invalid.getMessage()));
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
