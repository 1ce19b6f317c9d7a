package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.site.view.Curves;
import dev.assay.leaderboard.site.view.SamplePlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws the loss of each step, and of the looks at what is held out. */
final class LossCurves {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 240;
  private static final int LEFT = 64;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 24;

  /** More steps than this are not told apart in the drawing. */
  private static final int MOST_POINTS = 300;

  private static final int LEVELS = 4;

  private final StageTraining training;
  private final int each;
  private final List<Point> train;
  private final List<Point> held;
  private final double least;
  private final double most;

  /**
   * A point of a line.
   *
   * @param step how many steps were made
   */
  private record Point(double step, double loss) {}

  private LossCurves(StageTraining training) {
    this.training = training;
    this.each = stepsOfAPoint(training);
    this.train = means(training.losses(), each);
    this.held =
        training.looks().stream().map(look -> new Point(look.steps(), look.loss())).toList();
    this.least = losses().min(Double::compare).orElse(0.0);
    this.most = losses().max(Double::compare).orElse(0.0);
  }

  private Stream<Double> losses() {
    return Stream.concat(train.stream(), held.stream()).map(Point::loss);
  }

  /** The drawing; null where no step was made. */
  static @Nullable Curves of(StageTraining training) {
    return training.losses().isEmpty() ? null : new LossCurves(training).curves();
  }

  /** How many steps each point of the drawing is the mean of. */
  static int stepsOfAPoint(StageTraining training) {
    return Math.max(1, (training.losses().size() + MOST_POINTS - 1) / MOST_POINTS);
  }

  private static List<Point> means(List<Double> losses, int each) {
    List<Point> points = new ArrayList<>();
    for (int from = 0; from < losses.size(); from += each) {
      int to = Math.min(losses.size(), from + each);
      points.add(new Point((from + 1 + to) / 2.0, mean(losses.subList(from, to))));
    }
    return points;
  }

  /** The mean of some losses. */
  static double mean(List<Double> losses) {
    return losses.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  private Curves curves() {
    List<Curves.Line> lines = new ArrayList<>();
    lines.add(line("train", "learned from", train, train.size() == 1));
    if (!held.isEmpty()) {
      lines.add(line("held", "held out", held, true));
    }
    int steps = training.losses().size();
    return new Curves(
        WIDTH,
        HEIGHT,
        "Loss over steps. Figures of the same stand in the table below.",
        levels(),
        Stream.of(0, steps / 2, steps)
            .distinct()
            .map(step -> new Curves.Tick(number(x(step)), String.format(Locale.ROOT, "%,d", step)))
            .toList(),
        lines);
  }

  private List<Curves.Tick> levels() {
    if (most == least) {
      return List.of(new Curves.Tick(number(y(least)), loss(least)));
    }
    return IntStream.rangeClosed(0, LEVELS)
        .mapToObj(i -> least + (most - least) * i / LEVELS)
        .map(level -> new Curves.Tick(number(y(level)), loss(level)))
        .toList();
  }

  private Curves.Line line(String kind, String name, List<Point> points, boolean dotted) {
    return new Curves.Line(
        kind,
        name,
        points.stream()
            .map(point -> new SamplePlot.Dot(number(x(point.step())), number(y(point.loss()))))
            .toList(),
        dotted);
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / training.losses().size();
  }

  private double y(double loss) {
    double up = most == least ? 0.5 : (loss - least) / (most - least);
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - up);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** A loss in four significant digits. */
  static String loss(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
