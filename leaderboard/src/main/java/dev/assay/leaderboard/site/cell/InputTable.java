package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.LinearInput;
import dev.assay.leaderboard.result.LinearInputs;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What each linear takes in, line by line. */
final class InputTable {
  private static final String NONE = "–";

  private InputTable() {}

  /** The table; null if no text was read. */
  static @Nullable DataTable of(@Nullable LinearInputs inputs) {
    if (inputs == null) {
      return null;
    }
    return new DataTable(
        String.format(
            Locale.ROOT,
            "Inputs of all linears: %,d tokens of %s, %s",
            inputs.tokens(),
            inputs.dataset(),
            inputs.split()),
        List.of("Linear", "Tokens", "Absmax", "Median", "Absmax / median", "Largest channels"),
        inputs.linears().stream().map(InputTable::row).toList());
  }

  /** How many times the median the greatest value is; null where there is none of these. */
  static @Nullable Double peak(LinearInput input) {
    Double absmax = input.absmax();
    Double median = input.median();
    return absmax == null || median == null || median == 0 ? null : absmax / median;
  }

  private static DataTable.DataRow row(LinearInput input) {
    return new DataTable.DataRow(
        new Link(input.layer() + " " + input.linear(), ""),
        List.of(
            Long.toString(input.tokens()),
            figure(input.absmax()),
            figure(input.median()),
            figure(peak(input)),
            input.channels().stream()
                .map(each -> each.channel() + " (" + figure(each.absmax()) + ")")
                .collect(Collectors.joining(", "))));
  }

  private static String figure(@Nullable Double value) {
    return value == null ? NONE : String.format(Locale.ROOT, "%.4g", value);
  }
}
