package dev.assay.leaderboard.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One figure of one cell, with everything that is needed to judge it.
 *
 * @param metric the field's standard name, for example {@code perplexity} or {@code
 *     timePerOutputToken}; see {@link Metrics}
 * @param protocol how it was taken
 * @param provenance how it was obtained
 * @param value the figure in {@code unit}; absent exactly if unsupported
 * @param unit {@code "1"} for plain numbers, else SI-like: {@code B}, {@code s}, {@code token/s},
 *     {@code FLOP}, {@code FLOP/s}, {@code B/s}, {@code bit}, {@code bit/B}, {@code FLOP/B}, {@code
 *     J/token}
 * @param direction which way is better
 * @param standardError standard error of the value, in its unit, where one is known
 * @param interval confidence interval, where one is known
 * @param samples raw samples in the order taken, in {@code unit}; empty for computed figures
 * @param note the reason if unsupported or simulated, the formula if computed; may be absent
 * @param disturbed why the figure cannot be trusted: what disturbed its samples, or the disturbed
 *     figure that it rests on; absent if nothing did. A disturbed figure is shown and never
 *     compared
 * @param conditions what went on while the samples were taken; absent where nothing was watched
 */
public record Measurement(
    String metric,
    Protocol protocol,
    Provenance provenance,
    @Nullable Double value,
    String unit,
    Direction direction,
    @Nullable Double standardError,
    @Nullable Interval interval,
    List<Double> samples,
    @Nullable String note,
    @Nullable String disturbed,
    @Nullable Conditions conditions) {
  public Measurement {
    if (metric.isBlank()) {
      throw new IllegalArgumentException("a measurement needs a metric");
    }
    if ((value == null) != (provenance == Provenance.UNSUPPORTED)) {
      throw new IllegalArgumentException(
          metric + ": a value is absent exactly if the measurement is unsupported");
    }
    if (value != null) {
      Magnitude.require(metric + ": value", value);
    }
    if (provenance == Provenance.UNSUPPORTED && (note == null || note.isBlank())) {
      throw new IllegalArgumentException(metric + ": unsupported without a reason");
    }
    if (standardError != null) {
      Magnitude.require(metric + ": standardError", standardError);
    }
    samples = List.copyOf(samples);
    for (double sample : samples) {
      Magnitude.require(metric + ": sample", sample);
    }
    Require.name("metric", metric);
    Require.within(metric, value, interval);
    if (value != null) {
      Require.possible(metric, value);
    }
    samples.forEach(sample -> Require.possible(metric, sample));
    Disturbed.requireReason(metric, disturbed);
    if (disturbed != null && value == null) {
      throw new IllegalArgumentException(metric + ": without a value, but disturbed");
    }
  }

  /** A figure that nothing disturbed, as far as anybody watched. */
  public Measurement(
      String metric,
      Protocol protocol,
      Provenance provenance,
      @Nullable Double value,
      String unit,
      Direction direction,
      @Nullable Double standardError,
      @Nullable Interval interval,
      List<Double> samples,
      @Nullable String note) {
    this(
        metric,
        protocol,
        provenance,
        value,
        unit,
        direction,
        standardError,
        interval,
        samples,
        note,
        null,
        null);
  }

  /** The figure with what is known of how it was taken; one without a value stays as it is. */
  public Measurement taken(@Nullable String disturbance, @Nullable Conditions under) {
    return new Measurement(
        metric,
        protocol,
        provenance,
        value,
        unit,
        direction,
        standardError,
        interval,
        samples,
        note,
        value == null ? null : disturbance,
        under);
  }

  /** A figure that follows by arithmetic; {@code formula} says from what. */
  public static Measurement computed(
      String metric, double value, String unit, Direction direction, String formula) {
    return new Measurement(
        metric,
        Protocol.NONE,
        Provenance.COMPUTED,
        value,
        unit,
        direction,
        null,
        null,
        List.of(),
        formula);
  }

  /** A figure that cannot be had here, and why. */
  public static Measurement unsupported(
      String metric, Protocol protocol, String unit, Direction direction, String reason) {
    return new Measurement(
        metric,
        protocol,
        Provenance.UNSUPPORTED,
        null,
        unit,
        direction,
        null,
        null,
        List.of(),
        reason);
  }
}
