package dev.assay.leaderboard.site.view;

import dev.assay.leaderboard.result.Provenance;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sign beside a figure that tells its provenance, or that it is disturbed.
 *
 * @param name {@code measured}, {@code computed}, {@code simulated}, {@code unsupported}, or {@code
 *     disturbed}
 * @param sign the visible sign
 * @param meaning what it stands for, in words
 */
public record Mark(String name, String sign, String meaning) {

  /** The mark of a provenance. */
  public static Mark of(Provenance provenance) {
    return switch (provenance) {
      case MEASURED -> new Mark("measured", "●", "observed by running what is stored");
      case COMPUTED ->
          new Mark("computed", "=", "follows by arithmetic from shapes, bytes or other figures");
      case SIMULATED ->
          new Mark("simulated", "≈", "observed on a dequantised or dense stand-in; never ranked");
      case UNSUPPORTED -> new Mark("unsupported", "∅", "cannot be had here; the reason is given");
    };
  }

  /** The mark that a disturbed figure has beside that of its provenance; null for a calm one. */
  public static @Nullable Mark ofDisturbance(@Nullable String disturbed) {
    return disturbed == null ? null : disturbance();
  }

  private static Mark disturbance() {
    return new Mark("disturbed", "!", "taken while something got in the way; never ranked");
  }

  /** All marks, for the legend. */
  public static List<Mark> all() {
    return Stream.concat(Arrays.stream(Provenance.values()).map(Mark::of), Stream.of(disturbance()))
        .toList();
  }
}
