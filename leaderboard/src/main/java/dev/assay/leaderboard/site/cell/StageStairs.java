package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.StageSize;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import dev.assay.leaderboard.site.view.Stairs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Draws what each stage of a recipe bought, in bytes, perplexity and time. */
final class StageStairs {
  private static final String NONE = "–";
  private static final int NAMES = 150;
  private static final int COLUMN = 210;
  private static final int LONGEST = 110;
  private static final int GAP = 6;
  private static final int TOP = 26;
  private static final int LINE = 28;

  private final Staircase stages;
  private final List<Stage> all = new ArrayList<>();

  /** A line: the model before, or a stage. */
  private record Stage(
      String name, StageSize size, @Nullable Double perplexity, @Nullable Double seconds) {}

  private StageStairs(Staircase stages, @Nullable Double before) {
    this.stages = stages;
    all.add(new Stage("uncompressed", stages.start(), before, null));
    for (StageStep step : stages.steps()) {
      Measurement perplexity = step.perplexity();
      all.add(
          new Stage(
              step.stage(),
              step.size(),
              perplexity == null ? null : perplexity.value(),
              step.seconds()));
    }
  }

  /**
   * The drawing and its table; null of a recipe without stages, and of an older result.
   *
   * @param baseline whose perplexity is that of the uncompressed model, if it is one
   */
  static @Nullable Stairs of(Result result, @Nullable Result baseline) {
    Staircase stages = result.stages();
    return stages == null || stages.steps().isEmpty()
        ? null
        : new StageStairs(stages, before(stages, baseline)).stairs();
  }

  /** Of the uncompressed model, taken as those of the stages were. */
  static @Nullable Double before(Staircase stages, @Nullable Result baseline) {
    if (baseline == null || !baseline.cell().recipe().stages().isEmpty()) {
      return null;
    }
    return stages.steps().stream()
        .map(StageStep::perplexity)
        .filter(Objects::nonNull)
        .findFirst()
        .flatMap(
            like ->
                baseline.measurements().stream()
                    .filter(each -> each.metric().equals(Metrics.PERPLEXITY))
                    .filter(each -> each.protocol().equals(like.protocol()))
                    .findFirst())
        .map(Measurement::value)
        .orElse(null);
  }

  private Stairs stairs() {
    Column bytes = new Column("B", "Bytes", stage -> (double) stage.size().bytes());
    Column perplexity = new Column("1", "Perplexity", Stage::perplexity);
    Column time = new Column("s", "Time of the stage", Stage::seconds);
    List<Column> columns = List.of(bytes, perplexity, time);
    List<Stairs.Head> heads = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      heads.add(new Stairs.Head(NAMES + i * COLUMN, columns.get(i).head));
    }
    List<Stairs.Line> lines = new ArrayList<>();
    for (int line = 0; line < all.size(); line++) {
      Stage stage = all.get(line);
      List<Stairs.Bar> bars = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        bars.add(columns.get(i).bar(stage, NAMES + i * COLUMN));
      }
      lines.add(new Stairs.Line(TOP + line * LINE, stage.name(), bars));
    }
    return new Stairs(
        NAMES + columns.size() * COLUMN,
        TOP + all.size() * LINE,
        "Bytes, perplexity and time of each stage. The same figures stand in the table below.",
        heads,
        lines,
        table(bytes, perplexity, time),
        notes());
  }

  /** Figures of one kind, drawn against the greatest of them. */
  private final class Column {
    private final String head;
    private final Function<Stage, @Nullable Double> figure;
    private final Scale scale;
    private final double most;

    Column(String unit, String head, Function<Stage, @Nullable Double> figure) {
      List<Double> values = all.stream().map(figure).filter(Objects::nonNull).toList();
      this.head = head;
      this.figure = figure;
      this.scale = Scale.of(unit.equals("1") ? Metrics.PERPLEXITY : head, unit, values);
      this.most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    String text(Stage stage) {
      Double value = figure.apply(stage);
      return value == null ? NONE : scale.text(value);
    }

    Stairs.Bar bar(Stage stage, int x) {
      Double value = figure.apply(stage);
      double width = value == null || most == 0 ? 0 : LONGEST * value / most;
      return new Stairs.Bar(
          x, number(width), number(x + width + (value == null ? 0 : GAP)), text(stage));
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private DataTable table(Column bytes, Column perplexity, Column time) {
    return new DataTable(
        "Each stage: sizes are computed, perplexity and time measured",
        List.of(
            "Behind",
            "Parameters",
            "Removed of the model",
            "Removed of the compressed linears",
            "Zeros in the linears",
            "Bytes",
            "Removed bytes",
            "Perplexity",
            "Time"),
        all.stream()
            .map(
                stage ->
                    new DataTable.DataRow(
                        new Link(stage.name(), ""),
                        List.of(
                            String.format(Locale.ROOT, "%,d", stage.size().parameters()),
                            removed(stages.start().parameters(), stage.size().parameters()),
                            removed(stage.size().compressedBefore(), stage.size().compressedNow()),
                            stage.size().linearParameters() == 0
                                ? NONE
                                : Ratios.percent(
                                    (double) stage.size().linearZeros()
                                        / stage.size().linearParameters()),
                            bytes.text(stage),
                            removed(stages.start().bytes(), stage.size().bytes()),
                            perplexity.text(stage),
                            time.text(stage))))
            .toList());
  }

  private static String removed(long before, long now) {
    return before == 0 ? NONE : Ratios.percent((double) (before - now) / before);
  }

  private List<String> notes() {
    return stages.steps().stream()
        .filter(step -> step.unmeasured() != null)
        .map(step -> "No perplexity behind " + step.stage() + ": " + step.unmeasured() + ".")
        .toList();
  }
}
