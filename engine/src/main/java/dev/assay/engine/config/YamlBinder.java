package dev.assay.engine.config;

import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Scalar;
import dev.assay.engine.config.YamlNode.Sequence;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of YAML: keys are the record's components, {@link Default} fills in those left out,
 * and the record's constructor has the last word on the values. Numbers, strings and booleans are
 * never turned into one another.
 */
public final class YamlBinder {
  private final Map<Class<?>, NodeReader<?>> readers;

  public YamlBinder() {
    this(Map.of());
  }

  private YamlBinder(Map<Class<?>, NodeReader<?>> readers) {
    this.readers = Map.copyOf(readers);
  }

  /** A binder that also knows how to read a type of its own kind. */
  public <T> YamlBinder with(Class<T> type, NodeReader<T> reader) {
    Map<Class<?>, NodeReader<?>> more = new HashMap<>(readers);
    more.put(type, reader);
    return new YamlBinder(more);
  }

  /**
   * Reads a whole file.
   *
   * @throws BadInputException with file, line and key, if it is not what the record wants
   */
  public <T> T read(Path file, Class<T> type) {
    return bind(YamlReader.read(file), KeyPath.ROOT, type);
  }

  /**
   * @throws BadInputException with file, line and key, if the node is not what the type wants
   */
  public <T> T bind(YamlNode node, KeyPath path, Class<T> type) {
    return type.cast(bindType(node, path, type));
  }

  private Object bindType(YamlNode node, KeyPath path, Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == List.class
          ? list(node, path, generic.getActualTypeArguments()[0])
          : map(node, path, generic.getActualTypeArguments()[1]);
    }
    Class<?> target = (Class<?>) type;
    NodeReader<?> reader = readers.get(target);
    if (reader != null) {
      return reader.read(node, path, this);
    }
    Optional<ScalarFactory> factory = ScalarFactory.of(target);
    if (factory.isPresent() && (node instanceof Scalar || !target.isRecord())) {
      return scalarForm(node, path, factory.get());
    }
    if (target.isRecord()) {
      return new RecordBinder(target).bind(mapping(node, path), path, this::component);
    }
    return ScalarBinder.bind(node, path, target);
  }

  private @Nullable Object component(YamlKey parameter, YamlNode node, KeyPath path) {
    boolean absent = node instanceof Scalar scalar && scalar.kind() == Kind.NULL;
    if (absent && parameter.optional()) {
      return null;
    }
    if (!parameter.choices().isEmpty() && node instanceof Scalar scalar) {
      ScalarBinder.requireOneOf(parameter.choices(), scalar, path);
    }
    return bindType(node, path, parameter.type());
  }

  private List<Object> list(YamlNode node, KeyPath path, Type itemType) {
    if (!(node instanceof Sequence sequence)) {
      throw path.error(node.position(), "found " + node.describe() + ", expected a list");
    }
    List<Object> items = new ArrayList<>();
    Problems problems = new Problems();
    for (int i = 0; i < sequence.items().size(); i++) {
      YamlNode item = sequence.items().get(i);
      KeyPath at = path.item(i);
      problems.in(() -> items.add(bindType(item, at, itemType)));
    }
    problems.requireNone();
    return items;
  }

  private Map<String, Object> map(YamlNode node, KeyPath path, Type valueType) {
    Map<String, Object> values = new LinkedHashMap<>();
    Problems problems = new Problems();
    mapping(node, path)
        .entries()
        .forEach(
            (key, entry) ->
                problems.in(
                    () -> values.put(key, bindType(entry.value(), path.key(key), valueType))));
    problems.requireNone();
    return values;
  }

  private static Mapping mapping(YamlNode node, KeyPath path) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    throw path.error(node.position(), "found " + node.describe() + ", expected a mapping");
  }

  private static Object scalarForm(YamlNode node, KeyPath path, ScalarFactory factory) {
    if (!(node instanceof Scalar scalar)
        || !factory.accepts(jsonType(scalar.kind()))
        || (scalar.kind() == Kind.STRING && !factory.acceptsString(scalar.text()))) {
      throw path.error(
          node.position(), "found " + node.describe() + ", expected " + factory.expected());
    }
    try {
      return factory.create(scalar.text());
    } catch (InvalidValueException e) {
      throw path.key(e.key()).error(node.position(), e.detail());
    } catch (IllegalArgumentException e) {
      throw path.error(
          node.position(), "found " + node.describe() + ", expected " + e.getMessage());
    }
  }

  private static String jsonType(Kind kind) {
    return switch (kind) {
      case INTEGER -> "integer";
      case NUMBER -> "number";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      case STRING -> "string";
    };
  }
}
