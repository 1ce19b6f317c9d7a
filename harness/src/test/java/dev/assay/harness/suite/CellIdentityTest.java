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
        new ModelFingerprint(model, new TreeMap<>(Map.of("config.json", "c"))),
        recipe,
        new TreeMap<>(Map.of("europarl-en/test", dataset)),
        protocols,
        seed,
        version,
        dtype,
        device,
        "auto",
        "auto");
  }

  private static final CellIdentity ONE =
      identity("m", "r", "d", List.of("p", "q"), 0, "0.1.0", "float32", "cpu");

  /** The sha256 of the JSON text, taken with sha256sum. */
  @Test
  void isTheHashOfTheJson() {
    assertThat(ONE.id()).isEqualTo("a0fd879e7bd7bfe1");
  }

  @Test
  void changesWithTheFilesBesideTheWeightsAndWithTheTarget() {
    ModelFingerprint otherFile =
        new ModelFingerprint("m", new TreeMap<>(Map.of("config.json", "x")));

    assertThat(
            Stream.of(
                    ONE,
                    with(otherFile, "auto", "auto"),
                    with(ONE.model(), "2", "auto"),
                    with(ONE.model(), "auto", "generic-x86-cpu"))
                .map(CellIdentity::id))
        .doesNotHaveDuplicates();
  }

  private static CellIdentity with(ModelFingerprint model, String threads, String profile) {
    return new CellIdentity(
        model,
        ONE.recipe(),
        ONE.datasets(),
        ONE.protocols(),
        ONE.seed(),
        ONE.engineVersion(),
        ONE.dtype(),
        ONE.device(),
        threads,
        profile);
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
