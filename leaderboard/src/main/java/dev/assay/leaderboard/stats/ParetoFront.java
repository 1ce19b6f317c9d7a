package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Cells by two metrics, and which of them no other beats in both.
 *
 * <p>A point is on the front unless another qualifying point is at least as good on both axes and
 * better on one, by the published values. Only points whose two figures may be compared qualify;
 * the others ({@link Incomparability}) are neither on the front nor do they push any off it.
 *
 * @param x metric and protocol of the first axis
 * @param y metric and protocol of the second axis
 * @param points cells with both figures, in the order given
 * @param missing cells that lack one, with the reason
 */
public record ParetoFront(MetricKey x, MetricKey y, List<Point> points, List<Missing> missing) {
  /**
   * @param result the cell's result
   * @param x its figure on the first axis
   * @param y its figure on the second axis
   * @param qualifies whether both figures may be compared
   * @param onFront whether it qualifies and no other point beats it
   */
  public record Point(
      Result result, Measurement x, Measurement y, boolean qualifies, boolean onFront) {
    /** Why the point does not qualify; empty if it does. */
    public Optional<Incomparability> aside() {
      return Incomparability.of(x).or(() -> Incomparability.of(y));
    }

    private boolean beats(Point other) {
      int byX = Better.FIRST.compare(x, other.x);
      int byY = Better.FIRST.compare(y, other.y);
      return byX <= 0 && byY <= 0 && (byX < 0 || byY < 0);
    }
  }

  /**
   * @param result the cell's result
   * @param reason why it has no point
   */
  public record Missing(Result result, String reason) {}

  public ParetoFront {
    points = List.copyOf(points);
    missing = List.copyOf(missing);
  }

  /** Points on the front, the best on the first axis first. */
  public List<Point> front() {
    return points.stream()
        .filter(Point::onFront)
        .sorted((a, b) -> Better.FIRST.compare(a.x(), b.x()))
        .toList();
  }

  /**
   * @throws IllegalArgumentException if an axis has no better and worse
   */
  public static ParetoFront of(Collection<Result> results, MetricKey x, MetricKey y) {
    List<Point> points = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    for (Result result : results) {
      Measurement onX = x.in(result).filter(each -> each.value() != null).orElse(null);
      Measurement onY = y.in(result).filter(each -> each.value() != null).orElse(null);
      if (onX == null || onY == null) {
        missing.add(new Missing(result, Absence.reason(result, onX == null ? x : y)));
        continue;
      }
      requireDirection(onX);
      requireDirection(onY);
      points.add(
          new Point(
              result,
              onX,
              onY,
              Incomparability.isComparable(onX) && Incomparability.isComparable(onY),
              false));
    }
    List<Point> judged =
        points.stream()
            .map(
                point ->
                    new Point(
                        point.result(),
                        point.x(),
                        point.y(),
                        point.qualifies(),
                        point.qualifies()
                            && points.stream()
                                .noneMatch(other -> other.qualifies() && other.beats(point))))
            .toList();
    return new ParetoFront(x, y, judged, missing);
  }

  private static void requireDirection(Measurement measurement) {
    if (measurement.direction() == Direction.NEUTRAL) {
      throw new IllegalArgumentException(measurement.metric() + " has no better and worse");
    }
  }
}
