package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LinearGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What linears see of a calibration sequence is the same to the last bit whichever sequences are
 * beside it, so that no code depends on how many go through a layer at once.
 */
class SequencesAloneTest extends TorchTest {
  private static final int SEQUENCES = 8;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "bloom", "mixtral"})
  void aSequenceShowsTheSameBesideOthers(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Random random = new Random(11);
    List<long[]> all = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      all.add(random.longs(24, 0, 256).toArray());
    }
    Map<String, List<float[]>> together = inputs(fixture, all, "together");
    Map<String, List<float[]>> alone = new LinkedHashMap<>();
    for (int i = 0; i < SEQUENCES; i++) {
      inputs(fixture, List.of(all.get(i)), "alone-" + i)
          .forEach(
              (group, seen) ->
                  alone.computeIfAbsent(group, name -> new ArrayList<>()).addAll(seen));
    }

    assertThat(together.keySet()).isEqualTo(alone.keySet()).isNotEmpty();
    together.forEach(
        (group, seen) ->
            assertThat(flat(seen)).as(group).isEqualTo(flat(alone.getOrDefault(group, List.of()))));
  }

  private static float[] flat(List<float[]> pieces) {
    float[] all = new float[pieces.stream().mapToInt(piece -> piece.length).sum()];
    int at = 0;
    for (float[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return Arrays.copyOf(all, at);
  }

  /** What each group of linears sees, in the order of the sequences. */
  private Map<String, List<float[]>> inputs(
      ModelFixture fixture, List<long[]> sequences, String target) {
    Map<String, List<float[]>> inputs = new LinkedHashMap<>();
    OneStage.run(
        torch,
        fixture.checkpoint(),
        fixture.architecture(),
        new Listening(inputs),
        sequences,
        directory.resolve(target));
    return inputs;
  }

  private static final class Listening implements LayerwiseMethod {
    private final Map<String, List<float[]>> inputs;

    Listening(Map<String, List<float[]>> inputs) {
      this.inputs = inputs;
    }

    @Override
    public Set<Statistic> statistics() {
      return Set.of(Statistic.INPUTS);
    }

    @Override
    public void compress(LayerContext layer) {
      for (LinearGroup group : layer.layout().groups()) {
        List<float[]> seen = new ArrayList<>();
        for (NDArray input : layer.statistics(group).inputs()) {
          seen.add(input.toFloatArray());
        }
        String name = layer.index() + "." + group.linears();
        inputs.computeIfAbsent(name, each -> new ArrayList<>()).addAll(seen);
      }
    }
  }
}
