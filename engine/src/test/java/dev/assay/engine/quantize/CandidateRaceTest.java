package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class CandidateRaceTest {
  private static final int BATCHES = 32;

  /** Losses that differ little beside what batches differ by. */
  private static double loss(int candidate, int batch, double[] offsets, double noise) {
    Random random = new Random(31L * batch + candidate);
    return 1 + new Random(batch).nextDouble() + offsets[candidate] + noise * random.nextGaussian();
  }

  private static CandidateRace run(double[] offsets, double noise, boolean racing) {
    CandidateRace race = new CandidateRace(offsets.length, racing);
    while (!race.decided(BATCHES)) {
      int from = race.seen();
      int to = race.next(BATCHES);
      for (int k : race.candidates()) {
        List<CandidateRace.Loss> some = new ArrayList<>();
        for (int batch = from; batch < to; batch++) {
          some.add(new CandidateRace.Loss(10 * loss(k, batch, offsets, noise), 10));
        }
        race.add(k, some);
      }
      race.turn(to);
    }
    return race;
  }

  @Test
  void givesUpWhatIsClearlyBehindAndNothingElse() {
    double[] offsets = {0.9, 0.04, 0.02, 0.8, 0.045};
    CandidateRace race = run(offsets, 0.4, true);
    assertThat(race.candidates()).containsExactly(1, 2, 4);
    assertThat(race.winner()).isEqualTo(run(offsets, 0.4, false).winner());
    assertThat(race.seen()).isEqualTo(BATCHES);
    assertThat(race.losses().get(2)).isEqualTo(run(offsets, 0.4, false).losses().get(2));
  }

  @Test
  void isOverWhereOneIsLeft() {
    CandidateRace race = run(new double[] {0.5, 0.01, 0.3}, 0.02, true);
    assertThat(race.candidates()).containsExactly(1);
    assertThat(race.seen()).isLessThan(BATCHES);
  }

  @Test
  void isOverWhereThoseLeftAreAlike() {
    CandidateRace race = run(new double[] {0.5, 0.0101, 0.01}, 0.003, true);
    assertThat(race.candidates()).containsExactly(1, 2);
    assertThat(race.seen()).isLessThan(BATCHES);
  }

  @Test
  void keepsAllWithoutRacing() {
    assertThat(run(new double[] {5, 0, 3}, 0.01, false).candidates()).containsExactly(0, 1, 2);
  }

  @Test
  void firstOfEqualsWins() {
    assertThat(run(new double[3], 0, true).winner()).hasValue(0);
  }

  @Test
  void lossThatIsNotFiniteLosesAtOnce() {
    IntToDoubleFunction loss = k -> k == 0 ? Double.NaN : k == 1 ? Double.POSITIVE_INFINITY : 7;
    CandidateRace race = new CandidateRace(3, true);
    race.candidates()
        .forEach(k -> race.add(k, List.of(new CandidateRace.Loss(loss.applyAsDouble(k), 1))));
    race.turn(1);
    assertThat(race.candidates()).containsExactly(2);
    assertThat(race.winner()).hasValue(2);
  }

  @Test
  void hasNoWinnerWhereAllLose() {
    CandidateRace race = new CandidateRace(1, true);
    race.add(0, List.of(new CandidateRace.Loss(Double.NaN, 1)));
    race.turn(1);
    assertThat(race.winner()).isEmpty();
    assertThat(race.decided(9)).isTrue();
  }
}
