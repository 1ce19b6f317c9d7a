package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Documents one behind the other in one sequence, or each by itself. */
public final class PackedCheck implements GoldenCheck {
  private static final String SHOWN = "model.layers.0.self_attn.k_proj.weight";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    TrainedFixture student =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32);
    TrainingBatch batch = batch(scope, golden);
    RunLoss loss = RunLoss.plain(scope, student.model().spec());
    List<ModelTrainer.Learned> learned =
        List.of(
            new ModelTrainer.Learned(
                SHOWN, Objects.requireNonNull(student.model().values().get(SHOWN)).tensor(), true));
    try (ModelTrainer trainer =
        new ModelTrainer(
            torch,
            student.model(),
            loss.teachers(),
            loss.terms(),
            learned,
            Optimizer.adam(),
            false)) {
      assertThat(trainer.accumulate(batch, batch.counts())[0])
          .isCloseTo(golden.scalar("loss"), within(golden.tolerance("loss_abs")));
      assertThat(Objects.requireNonNull(trainer.gradients(scope).get(SHOWN)).toFloatArray())
          .containsExactly(
              golden.tensor(scope, "grad_k_proj").toFloatArray(),
              within((float) golden.tolerance("grad_abs")));
    }
  }

  private static TrainingBatch batch(NDManager scope, GoldenCase golden) {
    long[] ids = read(scope, golden, "ids");
    boolean apart = golden.parameter("attention").asText().contains("within each document");
    boolean starts = golden.parameter("labels").asText().contains("starts included");
    long[] labels = starts ? ids.clone() : read(scope, golden, "labels");
    if (!apart) {
      long[] present = new long[ids.length];
      Arrays.fill(present, 1);
      return new TrainingBatch(
          new long[][] {ids}, new long[][] {present}, Labels.shifted(new long[][] {labels}));
    }
    long[] positions = read(scope, golden, "position_ids");
    List<long[]> documents = new ArrayList<>();
    List<long[]> wanted = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= ids.length; i++) {
      if (i == ids.length || positions[i] == 0) {
        documents.add(Arrays.copyOfRange(ids, start, i));
        wanted.add(Arrays.copyOfRange(labels, start, i));
        start = i;
      }
    }
    return Labels.padded(documents, wanted, 0);
  }

  private static long[] read(NDManager scope, GoldenCase golden, String input) {
    return golden.input(scope, input).toType(DataType.INT64, true).toLongArray();
  }
}
