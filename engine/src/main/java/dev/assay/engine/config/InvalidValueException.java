package dev.assay.engine.config;

/**
 * A value that a record does not accept. Thrown by the record's constructor; the binder adds file,
 * line and key path.
 */
public class InvalidValueException extends IllegalArgumentException {
  private final String key;

  /**
   * @param key component of the record, as written in YAML
   * @param found the value given
   * @param expected what would have been accepted, as the end of "expected …"
   */
  public InvalidValueException(String key, Object found, String expected) {
    super(key + ": found " + written(found) + ", expected " + expected);
    this.key = key;
  }

  /** As it stands in YAML. */
  private static Object written(Object value) {
    return value instanceof Enum<?> constant ? EnumName.of(constant) : value;
  }

  /** Component of the record whose value is at fault. */
  public String key() {
    return key;
  }

  /** What was found and expected, without the key. */
  public String detail() {
    return String.valueOf(getMessage()).substring(key.length() + 2);
  }
}
