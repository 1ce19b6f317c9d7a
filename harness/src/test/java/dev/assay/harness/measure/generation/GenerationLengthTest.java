package dev.assay.harness.measure.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.InvalidValueException;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths that nobody set follow the context; those that somebody set do not. */
class GenerationLengthTest {
  private static Measures measures(@Nullable LatencyMeasure latency) {
    return new Measures(List.of(), latency, true, true, true, true, true, true);
  }

  private static Measures lengths(@Nullable Integer prompt, @Nullable Integer decode) {
    return measures(new LatencyMeasure(prompt, decode, 1, 0, 1, 1, 1));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, 1024, 128, 128",
        "-, -, 2147483647, 128, 128",
        "-, -, 255, 128, 128",
        "-, -, 254, 127, 128",
        "-, -, 128, 64, 65",
        "-, -, 3, 2, 2",
        "-, -, 2, 1, 2",
        "100, -, 128, 100, 29",
        "127, -, 128, 127, 2",
        "-, 100, 128, 29, 100",
        "-, 128, 128, 1, 128",
        "64, 65, 128, 64, 65",
        "512, -, 1024, 512, 128",
      })
  void fitsTheContext(Integer prompt, Integer decode, int context, int read, int written) {
    GenerationLength found = GenerationLength.of(lengths(prompt, decode), context);

    assertThat(found).isEqualTo(new GenerationLength(read, written));
    assertThat(found.capacity()).isLessThanOrEqualTo(context);
  }

  @Test
  void holdsWithoutLatencyToo() {
    assertThat(GenerationLength.of(measures(null), 128)).isEqualTo(new GenerationLength(64, 65));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "128|-|128|promptLength: found 128, expected at most 127",
        "-|129|128|decodeLength: found 129, expected at most 128",
        "64|66|128|decodeLength: found 66, expected at most 65, as a prompt of 64 comes before",
        "-|-|1|promptLength: found a context of 1, expected room for",
      })
  void refusesWhatDoesNot(Integer prompt, Integer decode, int context, String message) {
    assertThatThrownBy(() -> GenerationLength.of(lengths(prompt, decode), context))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith(message);
  }
}
