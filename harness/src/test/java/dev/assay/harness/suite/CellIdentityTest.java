package dev.assay.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CellIdentityTest {
  private static final CellSubject SUBJECT =
      subject("m", "c", "r", "d", List.of("p", "q"), 0, "float32", "cpu");

  private static CellSubject subject(
      String model,
      String config,
      String recipe,
      String dataset,
      List<String> protocols,
      long seed,
      String dtype,
      String device) {
    return new CellSubject(
        new ModelFingerprint(model, new TreeMap<>(Map.of("config.json", config))),
        recipe,
        new TreeMap<>(Map.of("europarl-en/test", dataset)),
        protocols,
        seed,
        dtype,
        device);
  }

  private static Stream<CellSubject> others() {
    return Stream.of(
        subject("x", "c", "r", "d", List.of("p", "q"), 0, "float32", "cpu"),
        subject("m", "x", "r", "d", List.of("p", "q"), 0, "float32", "cpu"),
        subject("m", "c", "x", "d", List.of("p", "q"), 0, "float32", "cpu"),
        subject("m", "c", "r", "x", List.of("p", "q"), 0, "float32", "cpu"),
        subject("m", "c", "r", "d", List.of("p"), 0, "float32", "cpu"),
        subject("m", "c", "r", "d", List.of("pq"), 0, "float32", "cpu"),
        subject("m", "c", "r", "d", List.of("p", "q"), 1, "float32", "cpu"),
        subject("m", "c", "r", "d", List.of("p", "q"), 0, "bfloat16", "cpu"),
        subject("m", "c", "r", "d", List.of("p", "q"), 0, "float32", "cuda"));
  }

  /** The sha256 of the JSON text, taken with sha256sum. */
  @Test
  void isTheHashOfTheJson() {
    assertThat(new CellIdentity(SUBJECT, "0.1.0", 2, "generic-x86-cpu").id())
        .isEqualTo("bf5cd91a67d74358");
    assertThat(new SeriesIdentity(SUBJECT, "auto", "auto").id()).isEqualTo("8b26e7e8d051df23");
  }

  @Test
  void aCellChangesWithEveryPart() {
    assertThat(
            Stream.concat(
                    others().map(other -> new CellIdentity(other, "0.1.0", 2, "p")),
                    Stream.of(
                        new CellIdentity(SUBJECT, "0.1.0", 2, "p"),
                        new CellIdentity(SUBJECT, "0.1.1", 2, "p"),
                        new CellIdentity(SUBJECT, "0.1.0", 4, "p"),
                        new CellIdentity(SUBJECT, "0.1.0", 2, "q")))
                .map(CellIdentity::id))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[0-9a-f]{16}"));
  }

  @Test
  void aSeriesChangesWithTheQuestionAlone() {
    assertThat(
            Stream.concat(
                    others().map(other -> new SeriesIdentity(other, "auto", "auto")),
                    Stream.of(
                        new SeriesIdentity(SUBJECT, "auto", "auto"),
                        new SeriesIdentity(SUBJECT, "2", "auto"),
                        new SeriesIdentity(SUBJECT, "auto", "generic-x86-cpu")))
                .map(SeriesIdentity::id))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[0-9a-f]{16}"));
  }
}
