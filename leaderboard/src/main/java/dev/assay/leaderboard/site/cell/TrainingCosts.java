package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.TrainingEnergy;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import dev.assay.leaderboard.site.view.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the training of a stage took and what it gained, each figure with how it was obtained. */
final class TrainingCosts {
  private static final String NONE = "–";

  private final Result result;
  private final StageTraining training;
  private final List<DataTable.DataRow> rows = new ArrayList<>();

  private TrainingCosts(Result result, StageTraining training) {
    this.result = result;
    this.training = training;
  }

  /**
   * @param before perplexity in front of the stage; null where it was not taken
   * @param after that behind it; null likewise
   */
  static DataTable of(
      Result result, StageTraining training, @Nullable Double before, @Nullable Double after) {
    TrainingCosts made = new TrainingCosts(result, training);
    made.amounts();
    made.speeds();
    if (before != null && after != null) {
      made.gain(before, after);
    }
    return new DataTable("What it took", List.of("Figure", "Value", "Obtained", "From"), made.rows);
  }

  private void amounts() {
    add("Steps", count(training.losses().size()), counted(), "");
    add("Parameters trained", count(training.trained()), counted(), "");
    add("Tokens", count(training.tokens()), counted(), "padding left out");
    String products = "products by their shapes";
    add(
        "FLOPs of the student",
        scaled("FLOP", training.studentFlops()),
        counted(),
        products + ", forward and backward");
    add(
        "FLOPs of teachers",
        training.teacherFlops() == 0 ? NONE : scaled("FLOP", training.teacherFlops()),
        counted(),
        training.teacherFlops() == 0 ? "no teacher was run" : products + ", forward");
    add("Time", scaled("s", training.seconds()), timed(), "all steps; looks and saves left out");
    energy();
  }

  private void energy() {
    TrainingEnergy spent = training.energy();
    if (spent == null) {
      return;
    }
    Double joules = spent.joules();
    if (joules == null) {
      add(
          "Energy",
          NONE,
          Mark.of(Provenance.UNSUPPORTED).name(),
          Objects.requireNonNullElse(spent.unmeasured(), ""));
    } else {
      add("Energy", scaled("J", joules), timed(), "the whole stage, processor and memory");
    }
  }

  private void speeds() {
    if (training.seconds() == 0) {
      return;
    }
    double flops = training.timedFlops() / training.seconds();
    add(
        "Tokens a second",
        scaled("token/s", training.tokens() / training.seconds()),
        timed(),
        "tokens / time");
    add(
        "Achieved",
        scaled("FLOP/s", flops),
        derived(),
        "FLOPs of student and teachers in the steps / time");
    Optional<Ceiling> gemm = gemm();
    String arithmetic = training.arithmetic();
    if (gemm.isEmpty()) {
      add(
          "MFU",
          NONE,
          Mark.of(Provenance.UNSUPPORTED).name(),
          "no ceiling is known: measured gemm of "
              + (arithmetic == null ? "whatever it computed in" : arithmetic)
              + " on "
              + training.device());
      return;
    }
    Ceiling ceiling = gemm.get();
    String limit = Scale.of(ceiling.name(), ceiling.unit(), ceiling.value()).text(ceiling.value());
    add(
        "MFU",
        Ratios.percent(flops / ceiling.value()),
        ceiling.disturbed() == null ? derived() : disturbed(counted()),
        "achieved / measured gemm of " + ceiling.dtype() + ", " + limit);
  }

  /** Measured where it trained, in the arithmetic that it trained in. */
  private Optional<Ceiling> gemm() {
    return result.ceilings().stream()
        .filter(each -> each.name().equals("gemm") && each.origin().equals("measured"))
        .filter(each -> each.dtype().equals(training.arithmetic()))
        .filter(each -> training.device().equals(result.cell().target().device()))
        .findFirst();
  }

  /** What the stage gained, and for how much. */
  private void gain(double before, double after) {
    Scale scale = Scale.of(Metrics.PERPLEXITY, "1", List.of(before, after));
    add(
        "Perplexity",
        scale.number(before) + " → " + scale.number(after),
        Mark.of(Provenance.MEASURED).name(),
        "in front of the stage, and behind it");
    double gained = Math.log(before / after);
    add(
        "Gained",
        String.format(Locale.ROOT, "%.4f nats a token", gained),
        counted(),
        "ln(perplexity in front / behind)");
    double flops = training.flops();
    if (flops > 0) {
      Scale unit = Scale.of(Metrics.TRAINING_FLOPS, "FLOP", flops);
      add(
          "Gained for what was spent",
          String.format(
              Locale.ROOT,
              "%.3g nats a token for 1 %s",
              gained / flops * unit.factor(),
              unit.unit()),
          counted(),
          "gained / FLOPs of student and teachers");
    }
  }

  private void add(String figure, String value, String obtained, String from) {
    rows.add(new DataTable.DataRow(new Link(figure, ""), List.of(value, obtained, from)));
  }

  private static String counted() {
    return Mark.of(Provenance.COMPUTED).name();
  }

  private String timed() {
    String measured = Mark.of(Provenance.MEASURED).name();
    return isDisturbed() ? disturbed(measured) : measured;
  }

  private String derived() {
    return isDisturbed() ? disturbed(counted()) : counted();
  }

  private static String disturbed(String obtained) {
    return obtained + ", disturbed";
  }

  private boolean isDisturbed() {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(Metrics.TRAINING_TIME))
        .map(Measurement::disturbed)
        .anyMatch(reason -> reason != null);
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String scaled(String unit, double value) {
    return Scale.of("", unit, value).text(value);
  }
}
