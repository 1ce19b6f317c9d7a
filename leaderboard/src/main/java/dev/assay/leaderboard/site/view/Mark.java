package dev.assay.leaderboard.site.view;

import dev.assay.leaderboard.result.Provenance;
import java.util.Arrays;
import java.util.List;

/**
 * The sign beside a figure that tells its provenance.
 *
 * @param name {@code measured}, {@code computed}, {@code simulated} or {@code unsupported}
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

  /** All marks, for the legend. */
  public static List<Mark> all() {
    return Arrays.stream(Provenance.values()).map(Mark::of).toList();
  }
}
