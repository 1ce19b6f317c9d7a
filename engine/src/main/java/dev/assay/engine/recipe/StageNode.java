package dev.assay.engine.recipe;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlNode.Entry;
import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Scalar;
import java.util.Map;
import java.util.Optional;

/**
 * A stage as written in a recipe file.
 *
 * @param name name of the stage
 * @param parameters its parameters; an empty mapping where none are written
 */
record StageNode(String name, YamlNode parameters) {
  /**
   * @throws dev.assay.engine.config.BadInputException unless the node is a mapping of one key, or a
   *     name
   */
  static StageNode of(YamlNode node, KeyPath path) {
    Optional<StageNode> found = find(node);
    if (found.isPresent()) {
      return found.get();
    }
    String what =
        node instanceof Mapping mapping
            ? "a mapping with keys " + mapping.entries().keySet()
            : node.describe();
    throw path.error(
        node.position(),
        "found " + what + ", expected one stage with its parameters, such as 'gptq: {bits: 4}'");
  }

  /** The stage that is written, if it is one: a mapping of one key, or a name. */
  static Optional<StageNode> find(YamlNode node) {
    if (node instanceof Scalar scalar && scalar.kind() == Kind.STRING) {
      return Optional.of(new StageNode(scalar.text(), new Mapping(scalar.position(), Map.of())));
    }
    if (node instanceof Mapping mapping && mapping.entries().size() == 1) {
      Map.Entry<String, Entry> only = mapping.entries().entrySet().iterator().next();
      YamlNode value = only.getValue().value();
      boolean empty = value instanceof Scalar scalar && scalar.kind() == Kind.NULL;
      return Optional.of(
          new StageNode(
              only.getKey(), empty ? new Mapping(only.getValue().position(), Map.of()) : value));
    }
    return Optional.empty();
  }
}
