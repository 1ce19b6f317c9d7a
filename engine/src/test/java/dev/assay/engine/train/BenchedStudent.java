package dev.assay.engine.train;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A model whose training is timed, and the batch that it is trained on. Holds native memory until
 * it is closed.
 *
 * @param mixed whether products are in bfloat16
 */
record BenchedStudent(
    TorchSession torch,
    NDManager owner,
    TrainableModel model,
    List<ModelTrainer.Learned> learned,
    TrainingBatch batch,
    boolean mixed)
    implements AutoCloseable {
  BenchedStudent {
    learned = List.copyOf(learned);
  }

  static BenchedStudent open(String name, boolean mixed, int sequences, int length, int threads) {
    TorchSession torch = TorchSession.open(TorchDevice.CPU, threads);
    NDManager owner = torch.manager().newSubManager();
    TrainableModel model = read(torch, owner, name, mixed, length);
    Random random = new Random(5);
    int vocabulary = model.spec().spec().vocabularySize();
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      windows.add(random.longs(length, 0, vocabulary).toArray());
    }
    return new BenchedStudent(
        torch,
        owner,
        model,
        learned(model),
        new TextWindows(windows).batch(IntStream.range(0, sequences).toArray()),
        mixed);
  }

  private static TrainableModel read(
      TorchSession torch, NDManager owner, String name, boolean mixed, int length) {
    return TrainedFixture.read(
            torch,
            owner,
            ModelFixture.model(name),
            mixed ? LinearForm.BFLOAT16 : LinearForm.FLOAT32,
            TrainableModel.Asked.NOTHING,
            length)
        .model();
  }

  private static List<ModelTrainer.Learned> learned(TrainableModel model) {
    return model.values().entrySet().stream()
        .map(
            each ->
                new ModelTrainer.Learned(
                    each.getKey(), each.getValue().tensor(), each.getValue().decays()))
        .toList();
  }

  /** Another model beside it. */
  TrainableModel another(String name) {
    return read(torch, owner, name, mixed, batch.ids()[0].length);
  }

  /** One that trains it by a loss. */
  ModelTrainer trainer(RunLoss loss) {
    return trainer(model, learned, loss);
  }

  /** One of another model. */
  ModelTrainer trainer(TrainableModel other, RunLoss loss) {
    return trainer(other, learned(other), loss);
  }

  private ModelTrainer trainer(
      TrainableModel trained, List<ModelTrainer.Learned> values, RunLoss loss) {
    return new ModelTrainer(
        torch, trained, loss.teachers(), loss.terms(), values, Optimizer.adamW(0.01), false);
  }

  @Override
  public void close() {
    owner.close();
    torch.close();
  }
}
