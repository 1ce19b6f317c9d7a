package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Losses as a table: a line for each look at what is held out, or where nothing is for each tenth
 * of the steps.
 */
final class LossTable {
  private static final int TENTHS = 10;
  private static final String NONE = "–";

  private LossTable() {}

  static DataTable of(StageTraining training) {
    return training.looks().isEmpty() ? tenths(training) : looks(training);
  }

  private static DataTable looks(StageTraining training) {
    boolean apart = training.terms().size() > 1;
    List<String> heads = new ArrayList<>(List.of("Steps", "Loss, learned from", "Loss, held out"));
    if (apart) {
      training.terms().forEach(term -> heads.add(term + ", held out"));
    }
    boolean labelled = training.looks().stream().allMatch(look -> look.labels() != null);
    if (labelled) {
      heads.add("Perplexity of labels, held out");
    }
    List<DataTable.DataRow> rows = new ArrayList<>();
    int before = 0;
    for (StageTraining.Look look : training.looks()) {
      List<String> values = new ArrayList<>();
      values.add(mean(training, before, look.steps()));
      values.add(LossCurves.loss(look.loss()));
      if (apart) {
        look.terms().forEach(term -> values.add(LossCurves.loss(term)));
      }
      Double labels = look.labels();
      if (labelled && labels != null) {
        values.add(LossCurves.loss(Math.exp(labels)));
      }
      Integer best = training.bestStep();
      boolean taken = best != null && best == look.steps();
      rows.add(row(look.steps() + (taken ? ", taken" : ""), values));
      before = look.steps();
    }
    return new DataTable(
        "Losses, measured; of what is learned from the mean of the steps since the look before",
        heads,
        rows);
  }

  private static DataTable tenths(StageTraining training) {
    int steps = training.losses().size();
    int lines = Math.min(TENTHS, steps);
    return new DataTable(
        "Losses, measured; the mean of the steps since the line before",
        List.of("Steps", "Loss, learned from"),
        IntStream.range(0, lines)
            .mapToObj(
                i -> {
                  int from = (int) ((long) steps * i / lines);
                  int to = (int) ((long) steps * (i + 1) / lines);
                  return row(
                      String.format(Locale.ROOT, "%d", to), List.of(mean(training, from, to)));
                })
            .toList());
  }

  private static DataTable.DataRow row(String name, List<String> values) {
    return new DataTable.DataRow(new Link(name, ""), values);
  }

  private static String mean(StageTraining training, int from, int to) {
    return to <= from
        ? NONE
        : LossCurves.loss(LossCurves.mean(training.losses().subList(from, to)));
  }
}
