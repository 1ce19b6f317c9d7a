package dev.assay.harness.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CellIdentityTest {
  private static CellIdentity identity(
      String model,
      String recipe,
      String dataset,
      List<String> protocols,
      long seed,
      String version,
      String dtype,
      String device) {
    return new CellIdentity(
        model,
        recipe,
        new TreeMap<>(Map.of("europarl-en/test", dataset)),
        protocols,
        seed,
        version,
        dtype,
        device);
  }

  private static final CellIdentity ONE =
      identity("m", "r", "d", List.of("p", "q"), 0, "0.1.0", "float32", "cpu");

  /** The sha256 of the JSON text, taken with sha256sum. */
  @Test
  void isTheHashOfTheJson() {
    assertThat(ONE.id()).isEqualTo("e9362d35bbb1481f");
  }

  @Test
  void changesWithEveryPart() {
    assertThat(
            Stream.of(
                    ONE,
                    identity("x", "r", "d", List.of("p", "q"), 0, "0.1.0", "float32", "cpu"),
                    identity("m", "x", "d", List.of("p", "q"), 0, "0.1.0", "float32", "cpu"),
                    identity("m", "r", "x", List.of("p", "q"), 0, "0.1.0", "float32", "cpu"),
                    identity("m", "r", "d", List.of("p"), 0, "0.1.0", "float32", "cpu"),
                    identity("m", "r", "d", List.of("pq"), 0, "0.1.0", "float32", "cpu"),
                    identity("m", "r", "d", List.of("p", "q"), 1, "0.1.0", "float32", "cpu"),
                    identity("m", "r", "d", List.of("p", "q"), 0, "0.1.1", "float32", "cpu"),
                    identity("m", "r", "d", List.of("p", "q"), 0, "0.1.0", "bfloat16", "cpu"),
                    identity("m", "r", "d", List.of("p", "q"), 0, "0.1.0", "float32", "cuda"))
                .map(CellIdentity::id))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[0-9a-f]{16}"));
  }
}
