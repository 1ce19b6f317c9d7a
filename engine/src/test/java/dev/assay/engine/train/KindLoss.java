package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.EncoderDecoderModel;
import dev.assay.engine.run.EncoderModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;

/** The loss of a checkpoint as it is run and not trained, with a softmax written out. */
public final class KindLoss {
  private KindLoss() {}

  /** The mean of −log p of all labels of a model that fills gaps, or of encoder and decoder. */
  public static double of(TorchSession torch, Path checkpoint, TrainingData data) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    ModelSpec spec = new Families().architecture(opened);
    Execution execution = Execution.reference(torch.device());
    TrainingBatch batch = data.batch(IntStream.range(0, data.size()).toArray());
    try (NDManager scope = torch.manager().newSubManager()) {
      if (spec.kind() == ModelSpec.Kind.MASKED) {
        try (EncoderModel model = EncoderModel.load(torch, opened, spec, execution)) {
          return mean(model.logits(scope, batch.ids(), null, batch.mask()), batch.labels());
        }
      }
      TrainingBatch.Source source = Objects.requireNonNull(batch.source());
      try (EncoderDecoderModel model = EncoderDecoderModel.load(torch, opened, spec, execution)) {
        NDArray memory = model.encode(scope, source.ids(), source.mask());
        return mean(model.logits(scope, batch.ids(), memory, source.mask()), batch.labels());
      }
    }
  }

  private static double mean(NDArray logits, long[][] labels) {
    float[] flat = logits.toFloatArray();
    int vocabulary = Math.toIntExact(logits.getShape().get(2));
    double sum = 0;
    int scored = 0;
    for (int row = 0; row < labels.length; row++) {
      for (int i = 0; i < labels[row].length; i++) {
        if (labels[row][i] != TrainingBatch.UNSCORED) {
          int at = (row * labels[row].length + i) * vocabulary;
          double total = 0;
          for (int v = 0; v < vocabulary; v++) {
            total += Math.exp(flat[at + v]);
          }
          sum += Math.log(total) - flat[at + (int) labels[row][i]];
          scored++;
        }
      }
    }
    return sum / scored;
  }
}
