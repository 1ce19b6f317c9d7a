package dev.assay.leaderboard.site.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordingTest {
  @Test
  void writesRatiosWithThreeDigits() {
    assertThat(Ratios.times(1.026)).isEqualTo("1.03×");
    assertThat(Ratios.times(12.34)).isEqualTo("12.3×");
    assertThat(Ratios.times(1234.5)).isEqualTo("1,235×");
    assertThat(Ratios.times(0.0456)).isEqualTo("0.046×");
    assertThat(Ratios.confidence(0.99)).isEqualTo("99 %");
    assertThat(Ratios.confidence(0.999)).isEqualTo("99.9 %");
  }

  @Test
  void writesDatesInUtc() {
    assertThat(Dates.minute(Instant.parse("2026-11-23T23:59:59Z")))
        .isEqualTo("2026-11-23 23:59 UTC");
    assertThat(Dates.span(Duration.ofMillis(20_431))).isEqualTo("20.4 s");
    assertThat(Dates.span(Duration.ofSeconds(230))).isEqualTo("3 min 50 s");
    assertThat(Dates.span(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
  }

  @Test
  void namesMetricsItDoesNotKnow() {
    assertThat(MetricName.of("perplexity")).isEqualTo("Perplexity");
    assertThat(MetricName.of("zeroShotAccuracy")).isEqualTo("Zero shot accuracy");
  }

  @Test
  void namesProtocolsByWhatTheyAreTakenOn() {
    Protocol full = Protocol.of(Map.of("dataset", "c4", "split", "test", "window", "2048"));
    assertThat(ProtocolName.title(full)).isEqualTo("c4 test, window 2048");
    assertThat(ProtocolName.title(Protocol.of(Map.of("batch", "1")))).startsWith("protocol ");
    assertThat(ProtocolName.line(Protocol.of(Map.of("sha256", "ab".repeat(32)))))
        .isEqualTo("sha256 abababababab…");
  }

  @Test
  void keepsPlainIdsAsFileNames() {
    assertThat(PageName.of("3f9a0c")).isEqualTo("3f9a0c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../../etc/passwd", "a/b", "A", "é", "x-1", "a.b", "con\0"})
  void hashesAllOtherIds(String id) {
    assertThat(PageName.of(id)).matches("x-[0-9a-f]{24}");
  }
}
