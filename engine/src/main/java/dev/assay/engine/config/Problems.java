package dev.assay.engine.config;

import java.util.LinkedHashSet;
import java.util.Set;

/** Gathers what is wrong, so that all of it can be told at once. */
public final class Problems {
  private final Set<String> found = new LinkedHashSet<>();

  /** Makes a check and keeps what it finds wrong. */
  public void in(Runnable check) {
    try {
      check.run();
    } catch (BadInputException e) {
      add(e);
    }
  }

  /** Keeps what is wrong. */
  public void add(BadInputException problem) {
    found.addAll(BadInputsException.of(problem));
  }

  /**
   * @throws BadInputException with all of it, if anything was found
   */
  public void requireNone() {
    if (!found.isEmpty()) {
      throw BadInputsException.about(found);
    }
  }
}
