package dev.assay.leaderboard.site.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Metrics;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "perplexity                | 1          | 38.0847      | 38.08",
        "perplexity                | 1          | 12345.6      | 12,346",
        "sizeOnDisk                | B          | 6724123      | 6.72 MB",
        "sizeOnDisk                | B          | 512          | 512 B",
        "timePerOutputToken        | s          | 0.0011804    | 1.18 ms",
        "timePerOutputToken        | s          | 2.5e-7       | 250 ns",
        "decodeThroughput          | token/s    | 1394.7       | 1,395 tokens/s",
        "flopsPerTokenDecode       | FLOP/token | 14614528     | 14.6 MFLOP/token",
        "bitsPerWeight             | bit        | 4.25         | 4.25 bits",
        "compressionRatio          | 1          | 4.0712       | 4.07 ×",
        "modelBandwidthUtilization | 1          | 0.3671       | 36.7 %",
        "energyPerToken            | J/token    | 0.0123       | 12.3 mJ/token",
        "somethingNew              | FLOP/B     | 2.5          | 2.50 FLOP/B"
      })
  void writesAValueInAReadableUnit(String metric, String unit, double value, String expected) {
    assertThat(Scale.of(metric, unit, value).text(value)).isEqualTo(expected);
  }

  @Test
  void writesAColumnInOneUnitWithOneNumberOfDecimals() {
    Scale scale = Scale.of(Metrics.SIZE_ON_DISK, "B", List.of(27.29e6, 6.13e6, 900e3));

    assertThat(scale.unit()).isEqualTo("MB");
    assertThat(scale.number(27.29e6)).isEqualTo("27.290");
    assertThat(scale.number(900e3)).isEqualTo("0.900");
  }

  @Test
  void copesWithNothingAndWithZero() {
    assertThat(Scale.of("x", "s", List.of()).unit()).isEqualTo("s");
    assertThat(Scale.of("x", "s", 0).text(0)).isEqualTo("0 s");
    assertThat(Scale.of("x", "1", -0.5).text(-0.5)).isEqualTo("-0.500");
  }
}
