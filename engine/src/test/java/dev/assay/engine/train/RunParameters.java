package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What of a student a golden run trains. */
record RunParameters(GoldenCase golden, TrainableModel student) {
  List<ModelTrainer.Learned> learned(TorchSession torch) {
    List<ModelTrainer.Learned> learned = new ArrayList<>();
    boolean all =
        golden.parameter("optimizer").path("weight_decay_on").asText().startsWith("every");
    boolean last = golden.algorithm().equals("training_run_partial");
    int top = student.spec().main().depth() - 1;
    for (Map.Entry<String, TrainedValue> each : student.values().entrySet()) {
      TrainedValue value = each.getValue();
      if (!last || value.layer() == top) {
        learned.add(
            new ModelTrainer.Learned(
                each.getKey(), value.tensor(), 1, all || value.decays(), mask(value)));
      }
    }
    return learned;
  }

  /** In each row the smaller half of a layer's weights goes. */
  private @Nullable NDArray mask(TrainedValue value) {
    if (!golden.algorithm().equals("training_run_masked")
        || value.kind() != TrainedValue.Kind.LINEAR
        || value.layer() < 0) {
      return null;
    }
    NDArray weight = value.tensor();
    int rows = Math.toIntExact(weight.getShape().get(0));
    int columns = Math.toIntExact(weight.getShape().get(1));
    float[] values = weight.toFloatArray();
    float[] mask = new float[values.length];
    Arrays.fill(mask, 1);
    for (int row = 0; row < rows; row++) {
      int start = row * columns;
      IntStream.range(0, columns)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> Math.abs(values[start + i])))
          .limit(columns / 2)
          .forEach(i -> mask[start + i] = 0);
    }
    NDArray made = weight.getManager().create(mask, weight.getShape());
    weight.muli(made);
    return made;
  }
}
