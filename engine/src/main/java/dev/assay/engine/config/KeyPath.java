package dev.assay.engine.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The way from a document's root to one of its values, for example {@code models[0].path}.
 *
 * @param steps keys (strings) and indices (integers from 0)
 */
public record KeyPath(List<Object> steps) {
  /** The document itself. */
  public static final KeyPath ROOT = new KeyPath(List.of());

  public KeyPath {
    steps = List.copyOf(steps);
  }

  /** The value of a key of the mapping at this path. */
  public KeyPath key(String name) {
    return then(name);
  }

  /** An item of the list at this path, from 0. */
  public KeyPath item(int index) {
    return then(index);
  }

  private KeyPath then(Object step) {
    List<Object> longer = new ArrayList<>(steps);
    longer.add(step);
    return new KeyPath(longer);
  }

  /** An error about the value at this path. */
  public BadInputException error(Position position, String message) {
    return new BadInputException(position + ": " + (steps.isEmpty() ? "" : this + ": ") + message);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Object step : steps) {
      if (step instanceof Integer index) {
        text.append('[').append(index).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(step);
      }
    }
    return text.toString();
  }
}
