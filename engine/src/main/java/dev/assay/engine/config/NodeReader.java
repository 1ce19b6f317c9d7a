package dev.assay.engine.config;

/** Reads values of one type that cannot be bound by their shape alone. */
@FunctionalInterface
public interface NodeReader<T> {
  /**
   * @param node the value as written
   * @param path where it stands, for errors
   * @param binder for the parts of the value
   * @throws BadInputException if the value is not as it should be
   */
  T read(YamlNode node, KeyPath path, YamlBinder binder);
}
