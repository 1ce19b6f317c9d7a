package dev.assay.engine.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a YAML file that knows where it stands. */
public sealed interface YamlNode {
  /** Where the value begins. */
  Position position();

  /** What the value is, as errors name it: {@code a list}, {@code string 'x'}. */
  String describe();

  /** The value at a path below this one. */
  default Optional<YamlNode> find(KeyPath path) {
    YamlNode node = this;
    for (Object step : path.steps()) {
      if (node instanceof Mapping mapping
          && step instanceof String key
          && mapping.entry(key).isPresent()) {
        node = mapping.entry(key).get().value();
      } else if (node instanceof Sequence sequence
          && step instanceof Integer index
          && index < sequence.items().size()) {
        node = sequence.items().get(index);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(node);
  }

  /** An error about the value at a path, located at the deepest part of the path that exists. */
  default BadInputException error(KeyPath path, String message) {
    KeyPath known = path;
    while (find(known).isEmpty()) {
      known = new KeyPath(known.steps().subList(0, known.steps().size() - 1));
    }
    return path.error(find(known).orElse(this).position(), message);
  }

  /**
   * A key and its value.
   *
   * @param position where the key stands
   * @param value its value
   */
  record Entry(Position position, YamlNode value) {}

  /**
   * @param position where it begins
   * @param entries in the file's order
   */
  record Mapping(Position position, Map<String, Entry> entries) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** The entry of a key. */
    public Optional<Entry> entry(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    /**
     * This mapping with another laid over it: mappings under one key are merged in turn, every
     * other value of the other replaces the one here.
     */
    public Mapping overlaidBy(Mapping other) {
      Map<String, Entry> merged = new LinkedHashMap<>(entries);
      other.entries.forEach(
          (key, entry) -> {
            YamlNode value =
                entry(key).map(Entry::value).orElse(null) instanceof Mapping own
                        && entry.value() instanceof Mapping above
                    ? own.overlaidBy(above)
                    : entry.value();
            merged.put(key, new Entry(entry.position(), value));
          });
      return new Mapping(other.position, merged);
    }

    @Override
    public String describe() {
      return "a mapping";
    }
  }

  /**
   * @param position where it begins
   * @param items in the file's order
   */
  record Sequence(Position position, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String describe() {
      return "a list";
    }
  }

  /**
   * @param position where it begins
   * @param kind what YAML takes it for
   * @param text as written, without quotes
   */
  record Scalar(Position position, Kind kind, String text) implements YamlNode {
    /** Of a number; the longest of ordinary size is shorter. */
    private static final int SHOWN = 30;

    @Override
    public String describe() {
      return switch (kind) {
        case NULL -> "nothing";
        case STRING -> "'" + text + "'";
        default -> text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
      };
    }
  }

  /** What a scalar is by YAML's core rules. */
  enum Kind {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    NULL
  }
}
