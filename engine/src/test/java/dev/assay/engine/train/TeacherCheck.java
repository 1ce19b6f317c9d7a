package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;

/** The teacher of the golden runs by itself, through the same modules. */
public final class TeacherCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    TrainedFixture teacher =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32);
    long[] ids = golden.input(scope, "eval_ids").toType(DataType.INT64, true).toLongArray();
    long[] present = new long[ids.length];
    Arrays.fill(present, 1);
    RunLoss loss = RunLoss.plain(scope, teacher.model().spec());
    List<ModelTrainer.Learned> learned =
        teacher.model().values().entrySet().stream()
            .map(each -> new ModelTrainer.Learned(each.getKey(), each.getValue().tensor(), true))
            .toList();
    try (ModelTrainer trainer =
        new ModelTrainer(
            torch, teacher.model(), List.of(), loss.terms(), learned, Optimizer.adam(), false)) {
      float[] logits =
          trainer
              .logits(
                  scope,
                  new TrainingBatch(new long[][] {ids}, new long[][] {present}, new long[][] {ids}))
              .get(0)
              .get(ids.length - 3 + ":")
              .toFloatArray();
      assertThat(logits)
          .containsExactly(
              golden.tensor(scope, "logits").toFloatArray(),
              within((float) golden.tolerance("abs")));
    }
  }
}
