package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.train.Schedule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateScheduleTest {
  private static RateSchedule read(String yaml) {
    return new YamlBinder()
        .bind(YamlReader.parse(yaml, "a test"), KeyPath.ROOT, RateSchedule.class);
  }

  /** Of 24 steps: factors of some, worked out by hand. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: constant} | 1 1 1 1",
        "{kind: constant, warmupSteps: 4} | 0 1 1 1",
        "{kind: linear} | 1 0.75 0.5 0.0416667",
        "{kind: linear, floor: 0.2} | 1 0.8 0.6 0.2333333",
        "{kind: cosine} | 1 0.8535534 0.5 0.0042776",
        "{kind: cosine, warmupSteps: 12} | 0 0.5 1 0.0170371",
        "{kind: inverse-root, warmupSteps: 6} | 0 1 0.7071068 0.5107539",
        "{kind: cosine-restarts, cycles: 2} | 1 0.5 1 0.0170371",
        "{kind: cosine-restarts, cycles: 4} | 1 1 1 0.0669873",
        "{kind: stable-decay, decaySteps: 12} | 1 1 1 0.0170371",
        "{kind: stable-decay, decaySteps: 12, floor: 0.5} | 1 1 1 0.5085186",
        "{kind: stable-decay, decaySteps: 24} | 1 0.8535534 0.5 0.0042776",
        "{kind: stable-decay, decaySteps: 6, warmupSteps: 12} | 0 0.5 1 0.0669873"
      })
  void factorsAreThoseOfTheirFormulas(String yaml, String factors) {
    Schedule schedule = read(yaml).schedule(24);
    String[] expected = factors.split(" ", -1);
    int[] steps = {0, 6, 12, 23};
    for (int i = 0; i < steps.length; i++) {
      assertThat(schedule.factor(steps[i]))
          .as("step %d", steps[i])
          .isCloseTo(Double.parseDouble(expected[i]), within(1e-6));
    }
  }

  /** Shares of the steps stay what they were. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: stable-decay, decaySteps: 12, warmupSteps: 6} | {kind: stable-decay, decaySteps: 6, warmupSteps: 3}",
        "{kind: cosine-restarts, cycles: 3, warmupSteps: 1} | {kind: cosine-restarts, cycles: 3, warmupSteps: 1}"
      })
  void ofFewerStepsItHasTheSameShape(String yaml, String half) {
    assertThat(read(yaml).stretched(24, 12)).isEqualTo(read(half));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: cosine, cycles: 2} | cycles: found 2, expected none but with cosine-restarts",
        "{kind: cosine-restarts} | cycles: found null, expected at least 1",
        "{kind: stable-decay, decaySteps: 0} | decaySteps: found 0, expected at least 1",
        "{kind: constant, floor: 0.5} | floor: found 0.5, expected 0 where"
      })
  void whatAKindDoesNotHaveIsRefused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml)).hasMessageContaining(message);
  }
}
