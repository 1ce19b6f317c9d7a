package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.distill.TermReader;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers that are computed again give the gradients of those that are remembered. */
public class RecomputedLayersTest extends TorchTest {
  @TempDir private Path directory;

  /** What a recipe says of a loss. */
  public record Loss(List<WeightedTerm> loss) {}

  private List<WeightedTerm> terms(String yaml) throws IOException {
    Path file = directory.resolve("loss.yaml");
    Files.writeString(file, "loss:\n" + yaml + "\n");
    return new YamlBinder()
        .with(WeightedTerm.class, new TermReader())
        .bind(YamlReader.read(file), KeyPath.ROOT, Loss.class)
        .loss();
  }

  private TrainingBatch batch() {
    Random random = new Random(3);
    long[][] ids = new long[3][];
    long[][] mask = new long[3][10];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = random.longs(10, 0, 200).toArray();
      Arrays.fill(mask[row], 0, 10 - 2 * row, 1);
    }
    long[][] labels = Labels.shifted(ids);
    for (int row = 0; row < ids.length; row++) {
      for (int i = 0; i < 10; i++) {
        boolean scored = i >= 2 && i < 9 - 2 * row;
        labels[row][i] = scored ? labels[row][i] : TrainingBatch.UNSCORED;
      }
    }
    return new TrainingBatch(ids, mask, labels);
  }

  private record Found(List<Double> terms, Map<String, float[]> gradients) {}

  private Found find(String family, List<WeightedTerm> terms, boolean recomputes, String only) {
    try (NDManager own = torch.manager().newSubManager()) {
      Path model = Goldens.room("families").resolve(family);
      ModelSpec spec = TrainedFixture.read(torch, own, model, LinearForm.FLOAT32).model().spec();
      List<ModelSpec> specs = List.of(spec);
      TrainableModel student =
          TrainedFixture.read(
                  torch, own, model, LinearForm.FLOAT32, TrainingLoss.ofStudent(terms, spec, specs))
              .model();
      TrainableModel teacher =
          TrainedFixture.read(
                  torch,
                  own,
                  model,
                  LinearForm.FLOAT32,
                  TrainingLoss.ofTeacher(terms, spec, specs, 0))
              .model();
      // Another model than the student.
      teacher.values().values().forEach(value -> value.tensor().muli(1.05f));
      TrainingLoss loss = TrainingLoss.of(own, terms, spec, specs, 4);
      List<ModelTrainer.Learned> learned = new ArrayList<>();
      student
          .values()
          .forEach(
              (name, value) -> {
                if (name.contains(only)) {
                  learned.add(new ModelTrainer.Learned(name, value.tensor(), true));
                }
              });
      learned.addAll(loss.learned());
      try (ModelTrainer trainer =
          new ModelTrainer(
              torch,
              student,
              List.of(teacher),
              loss.modules(),
              learned,
              Optimizer.adam(),
              recomputes)) {
        TrainingBatch batch = batch();
        double[] found = trainer.accumulate(batch, batch.counts());
        Map<String, float[]> gradients = new HashMap<>();
        for (Map.Entry<String, NDArray> each : trainer.gradients(own).entrySet()) {
          gradients.put(each.getKey(), each.getValue().toFloatArray());
        }
        return new Found(Arrays.stream(found).boxed().toList(), gradients);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | '  - cross-entropy' | ''",
        "llama | '  - hidden-mse: {student: [0, 1, 3], teacher: [0, 1, 3], projection: each}' | ''",
        "llama | '  - attention-scores' | ''",
        "llama | '  - minilm-v2: {heads: 4}' | ''",
        "mistral | '  - attention-scores' | ''",
        "llama | '  - tinybert' | ''",
        "opt | '  - hinton\n  - hidden-cosine: {weight: 0.3}\n  - minilm: {weight: 0.2}' | ''",
        "llama | '  - hinton\n  - hidden-mse: {student: [1], teacher: [1]}' | layers.2.",
        "opt | '  - reverse-kl\n  - attention-transfer' | ''",
        "mixtral | '  - forward-kl\n  - fsp' | ''"
      })
  void gradientsAreThose(String family, String loss, String only) throws IOException {
    List<WeightedTerm> terms = terms(loss.replace("\\n", "\n"));
    Found whole = find(family, terms, false, only);
    Found again = find(family, terms, true, only);

    for (int i = 0; i < terms.size(); i++) {
      assertThat(again.terms().get(i)).isCloseTo(whole.terms().get(i), within(1e-5));
    }
    assertThat(again.gradients().keySet()).isEqualTo(whole.gradients().keySet()).isNotEmpty();
    assertThat(whole.terms().stream().mapToDouble(each -> each).sum()).isPositive();
    whole
        .gradients()
        .forEach(
            (name, values) -> {
              float most = 0;
              for (float value : values) {
                most = Math.max(most, Math.abs(value));
              }
              assertThat(Objects.requireNonNull(again.gradients().get(name)))
                  .as(name)
                  .containsExactly(values, within(1e-5f + 1e-4f * most));
            });
  }
}
