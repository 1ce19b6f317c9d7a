package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one stage of a recipe trained.
 *
 * @param stage its name
 * @param curves losses over steps; absent where no step was made
 * @param caption how to read them
 * @param losses the same figures as a table
 * @param cost what it took, each with how it was obtained
 * @param notes what else is to be known
 */
public record TrainingSection(
    String stage,
    @Nullable Curves curves,
    String caption,
    DataTable losses,
    DataTable cost,
    List<String> notes) {
  public TrainingSection {
    notes = List.copyOf(notes);
  }
}
