package dev.assay.engine.calibration;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands beside the layers and can be selected by its word. */
public enum Beside {
  /** The table of token vectors; where the head is tied, that too. */
  EMBEDDING,
  /** The output layer. */
  HEAD;

  /** The word that stands for it in selections. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Stream<String> words() {
    return Arrays.stream(values()).map(Beside::word);
  }

  /** Prefix of its tensors. */
  public String prefix(ModelSpec spec) {
    return this == EMBEDDING ? spec.names().embedding() : spec.names().head();
  }

  /** Rows and columns, [out, in]. */
  public long[] shape(ModelSpec spec) {
    int width = this == EMBEDDING ? spec.spec().tableWidth() : spec.spec().headWidth();
    return new long[] {spec.spec().vocabularySize(), width};
  }

  /** Why a model has none of its own, if it has none. */
  public Optional<String> lack(ModelSpec spec) {
    if (this == HEAD && spec.spec().tiedHead()) {
      return Optional.of("the head multiplies by the embedding, " + spec.names().embedding());
    }
    return this == HEAD && spec.names().find(ModelModule.HEAD).isEmpty()
        ? Optional.of("a model of " + spec.family() + " has no output layer of its own")
        : Optional.empty();
  }

  /**
   * Makes sure that a model has one of its own.
   *
   * @throws BadInputException if not
   */
  void requireIn(ModelSpec spec) {
    lack(spec)
        .ifPresent(
            why -> {
              throw new BadInputException(
                  "targets: found '%s', expected %s: %s"
                      .formatted(
                          word(),
                          spec.spec().tiedHead()
                              ? "'embedding'"
                              : "linears of the layers or 'embedding'",
                          why));
            });
  }
}
