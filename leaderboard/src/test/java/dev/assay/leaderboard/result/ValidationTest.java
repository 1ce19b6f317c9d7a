package dev.assay.leaderboard.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.leaderboard.ResultBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private static Measurement measurement(
      Provenance provenance,
      @Nullable Double value,
      @Nullable Double standardError,
      List<Double> samples,
      @Nullable String note) {
    return new Measurement(
        "perplexity",
        Protocol.NONE,
        provenance,
        value,
        "1",
        Direction.LOWER_IS_BETTER,
        standardError,
        null,
        samples,
        note);
  }

  private static void assertRefused(ThrowingCallable making, String expected) {
    assertThatThrownBy(making)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void aMeasurementHasAValueUnlessItIsUnsupported() {
    assertRefused(
        () -> measurement(Provenance.MEASURED, null, null, List.of(), null), "absent exactly if");
    assertRefused(
        () -> measurement(Provenance.UNSUPPORTED, 0.0, null, List.of(), "why"),
        "absent exactly if");
    assertRefused(
        () -> measurement(Provenance.UNSUPPORTED, null, null, List.of(), " "),
        "unsupported without a reason");
    assertThat(measurement(Provenance.UNSUPPORTED, null, null, List.of(), "why").value()).isNull();
  }

  @Test
  void aMeasurementHoldsPlausibleNumbers() {
    for (double odd : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e101, 1e-101, -1}) {
      assertRefused(
          () -> measurement(Provenance.MEASURED, odd, null, List.of(), null),
          "perplexity: value " + odd);
      assertRefused(
          () -> measurement(Provenance.MEASURED, 1.0, odd, List.of(), null),
          "standardError " + odd);
      assertRefused(
          () -> measurement(Provenance.MEASURED, 1.0, null, List.of(1.0, odd), null),
          "sample " + odd);
    }
    assertThat(measurement(Provenance.MEASURED, 1.0, 0.0, List.of(1.0, 1e100), null).value())
        .isEqualTo(1);
  }

  @Test
  void anIntervalIsOrderedAndFinite() {
    assertRefused(() -> new Interval(2, 1, 0.99, "m"), "not ordered");
    assertRefused(() -> new Interval(Double.NaN, 1, 0.99, "m"), "not ordered");
    assertRefused(() -> new Interval(0, Double.POSITIVE_INFINITY, 0.99, "m"), "finite");
    assertRefused(() -> new Interval(0, 1e101, 0.99, "m"), "to 1.0E101");
    assertRefused(() -> new Interval(-1e-101, 1, 0.99, "m"), "from -1.0E-101");
    assertRefused(() -> new Interval(1, 2, 99, "m"), "confidence 99.0");
    assertRefused(() -> new Interval(1, 2, 1, "m"), "confidence 1.0");
  }

  @Test
  void intervalsOverlapWhereTheyShareAPoint() {
    Interval middle = new Interval(1, 2, 0.99, "m");
    assertThat(middle.overlaps(new Interval(2, 3, 0.99, "m"))).isTrue();
    assertThat(middle.overlaps(new Interval(0, 1, 0.99, "m"))).isTrue();
    assertThat(middle.overlaps(new Interval(0, 9, 0.99, "m"))).isTrue();
    assertThat(middle.overlaps(new Interval(2.1, 3, 0.99, "m"))).isFalse();
    assertThat(new Interval(2.1, 3, 0.99, "m").overlaps(middle)).isFalse();
  }

  @Test
  void aResultIsOfThisSchema() {
    Result good = ResultBuilder.of("gptq").build();
    assertRefused(
        () -> copy(good, 3, Status.SUCCEEDED, null), "schemaVersion 3 found, 1 to 2 expected");
    assertRefused(
        () -> copy(good, 0, Status.SUCCEEDED, null), "schemaVersion 0 found, 1 to 2 expected");
    Result older = ResultBuilder.of("gptq").older().build();
    assertRefused(
        () -> copy(older, 2, Status.SUCCEEDED, null),
        "identity: found none, expected one exactly from schemaVersion 2 on");
    assertRefused(() -> copy(good, 1, Status.FAILED, null), "exactly if the cell failed");
    assertRefused(
        () -> copy(good, 1, Status.SUCCEEDED, new Failure("load", "K", "m", "")),
        "exactly if the cell failed");
  }

  private static Result copy(Result result, int version, Status status, @Nullable Failure failure) {
    return new Result(
        version,
        result.run(),
        result.cell(),
        version > Result.OLDEST_VERSION ? result.identity() : null,
        status,
        failure,
        result.startedAt(),
        result.finishedAt(),
        result.measurements(),
        result.artifact(),
        result.calibration(),
        result.linears(),
        result.check(),
        result.inputs(),
        result.stages(),
        result.ceilings(),
        result.roofline(),
        result.environment());
  }

  @Test
  void aResultHasAMetricOnceUnderAProtocol() {
    Measurement first = ResultBuilder.measured("timeToFirstToken", 1, null);
    assertRefused(
        () -> ResultBuilder.of("gptq").with(first).with(first).build(),
        "timeToFirstToken is given twice under protocol {dataset=europarl-en, window=1024}");
    Measurement other =
        Measurement.computed("timeToFirstToken", 1, "s", Direction.LOWER_IS_BETTER, "formula");
    assertThat(ResultBuilder.of("gptq").with(first).with(other).build().measurements()).hasSize(2);
  }

  @Test
  void aResultKeepsNoHandleOnItsLists() {
    List<Double> samples = new ArrayList<>(List.of(1.0));
    Measurement measurement = measurement(Provenance.MEASURED, 1.0, null, samples, null);
    samples.add(2.0);
    assertThat(measurement.samples()).containsExactly(1.0);
  }

  @Test
  void ceilingsRooflinePointsAndLayerErrorsAreNumbers() {
    assertRefused(
        () -> new Ceiling("bandwidth", "copy", "any", 0, "B/s", "measured", "s", List.of()),
        "ceiling copy: value 0.0");
    assertRefused(
        () -> new RooflinePoint("decode", 1, 0, 1, "float32", Provenance.MEASURED),
        "roofline point of decode: achieved 0.0");
    assertRefused(
        () ->
            new LinearReport(
                "gptq", 3, "mlp.up_proj", 1, 1, Double.NaN, "weight", 0, 4, 1, null, null),
        "layer 3, mlp.up_proj: relativeError NaN");
    assertRefused(
        () -> new Ceiling("compute", "gemm", "any", 1e308, "FLOP/s", "measured", "s", List.of()),
        "ceiling gemm: value 1.0E308");
    assertRefused(
        () -> new RooflinePoint("decode", 1, 1, 1e308, "float32", Provenance.MEASURED),
        "roofline point of decode: attainable 1.0E308");
    assertRefused(
        () -> new LinearReport("gptq", 3, "mlp.up_proj", 1, 1, 0, "weight", 0, -4, 1, null, null),
        "layer 3, mlp.up_proj: bits -4.0");
    assertRefused(
        () -> new LinearInput(3, "mlp.up_proj", 0, 1.0, 0.5, List.of()),
        "layer 3, mlp.up_proj: found absmax 1.0 and median 0.5 of 0 tokens");
    assertRefused(
        () -> new LinearInput(3, "mlp.up_proj", 7, Double.POSITIVE_INFINITY, 0.5, List.of()),
        "layer 3, mlp.up_proj: absmax Infinity");
  }

  /** The id is the start of what {@code printf 'a=1\nb=2\n' | sha256sum} prints. */
  @Test
  void aProtocolIsNamedByItsSortedSettings() {
    assertThat(Protocol.of(Map.of("b", "2", "a", "1")).id()).isEqualTo("4a73850fde34");
    assertThat(Protocol.NONE.id()).isEqualTo("e3b0c44298fc");
    assertRefused(() -> Protocol.of(Map.of("a=1\nb", "2")), "is not one name=value line");
    assertRefused(() -> Protocol.of(Map.of("a", "1\nb=2")), "is not one name=value line");
    assertRefused(() -> Protocol.of(Map.of(" ", "1")), "is not one name=value line");
  }

  @Test
  void aDisturbanceHasAReasonAndAFigure() {
    Measurement time = ResultBuilder.measured("timePerOutputToken", 1, null);
    assertRefused(() -> time.taken(" ", null), "disturbed without a reason");
    assertRefused(
        () ->
            new Ceiling("bandwidth", "read", "any", 1, "B/s", "measured", "x", List.of())
                .taken("", null),
        "disturbed without a reason");
    Measurement none =
        Measurement.unsupported("x", Protocol.NONE, "s", Direction.LOWER_IS_BETTER, "no");
    assertThat(none.taken("a hog", null).disturbed()).isNull();
  }

  @Test
  void conditionsAreSharesAndCounts() {
    assertRefused(() -> new Conditions(1.1, null, null, null, null, 1), "waiting 1.1");
    assertRefused(() -> new Conditions(null, -0.1, null, null, null, 1), "otherWork -0.1");
    assertRefused(() -> new Conditions(null, null, Double.NaN, null, null, 1), "stolen NaN");
    assertRefused(() -> new Conditions(null, null, null, 2.0, null, 1), "clock 2.0");
    assertRefused(() -> new Conditions(null, null, null, null, -1L, 1), "throttles -1");
    assertRefused(() -> new Conditions(null, null, null, null, null, 0), "attempts 0");
  }

  @Test
  void namesAreShortAndInOneLine() {
    assertRefused(() -> ResultBuilder.of("gptq").run(" ").build(), "run: found an empty one");
    assertRefused(
        () -> ResultBuilder.of("x".repeat(301)).build(), "found one of 301 characters, expected");
    assertRefused(
        () -> ResultBuilder.of("gptq").suite("a\nb").build(),
        "suite: found one with control characters");
  }

  @Test
  void aPerplexityIsAtLeastOne() {
    assertRefused(
        () -> measurement(Provenance.MEASURED, 0.5, null, List.of(), null),
        "perplexity: found 0.5, expected 1 or more");
    assertRefused(
        () -> measurement(Provenance.MEASURED, 2.0, null, List.of(0.1), null),
        "perplexity: found 0.1, expected 1 or more");
  }

  @Test
  void aTrainingHoldsPlausibleNumbersOfItsTerms() {
    assertRefused(() -> training(Double.NaN, 0, 1, 5), "losses: found NaN");
    assertRefused(() -> training(1, 2, 1, 5), "looks: found 1 terms after 2 steps");
    assertRefused(() -> training(1, 1, 2, 5), "looks: found 2 terms after 1 steps");
    assertRefused(() -> training(1, 1, 1, -5), "seconds -5.0 found");
    assertThat(training(-0.5, 1, 1, 5).flops()).isEqualTo(3);
  }

  private static StageTraining training(double loss, int looked, int terms, double seconds) {
    StageTraining.Look look =
        new StageTraining.Look(looked, 1, Collections.nCopies(terms, 1.0), null);
    return new StageTraining(
        List.of("labels"),
        List.of(loss),
        List.of(look),
        null,
        1,
        seconds,
        1,
        1,
        2,
        null,
        "cpu",
        List.of());
  }
}
