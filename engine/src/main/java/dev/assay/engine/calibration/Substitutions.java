package dev.assay.engine.calibration;

import dev.assay.engine.torch.DType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What notes say of things done in place of others. Methods begin such notes alike, so that none
 * has to say it twice: {@code rounded to nearest: }, {@code pruned by magnitude: } or {@code left
 * as it is: }, and why.
 */
final class Substitutions {
  private static final String LEFT = "left as it is";
  private static final List<String> INSTEAD =
      List.of(
          "rounded to nearest",
          "rounded without making up for errors",
          "rounded by magnitude, without making up for errors",
          "pruned by magnitude",
          "pruned by magnitude and rounded to nearest",
          "factored as if all counted alike",
          "corrected with inputs that count alike",
          LEFT);

  private Substitutions() {}

  /**
   * The substitution that a linear's note tells of, or that it was left dense.
   *
   * @param dense whether a method that rounds has stored it value by value
   * @param type of what stays dense
   */
  static Optional<Substitution> of(@Nullable String note, boolean dense, DType type) {
    String asDense = "stored value by value in " + type.label();
    for (String done : INSTEAD) {
      String begin = done + ": ";
      if (note != null && note.startsWith(begin)) {
        String why = note.substring(begin.length()).split("; ", 2)[0];
        return Optional.of(
            done.equals(LEFT)
                ? new Substitution("rounded", asDense, why)
                : new Substitution("calibrated", done, why));
      }
    }
    return dense
        ? Optional.of(
            new Substitution("rounded", asDense, note == null ? "the method left it so" : note))
        : Optional.empty();
  }
}
