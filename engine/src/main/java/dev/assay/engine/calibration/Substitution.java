package dev.assay.engine.calibration;

/**
 * Something that was done to a linear in place of what the recipe asks for.
 *
 * @param wanted what was asked for, for example {@code groups of 128}
 * @param done what was done
 * @param why what kept it from being done
 */
public record Substitution(String wanted, String done, String why) {
  public Substitution {
    if (wanted.isBlank() || done.isBlank() || why.isBlank()) {
      throw new IllegalArgumentException(
          "found '%s', '%s' and '%s', expected words each".formatted(wanted, done, why));
    }
  }
}
