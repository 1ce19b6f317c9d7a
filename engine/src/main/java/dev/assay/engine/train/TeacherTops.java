package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.distill.LossTerm;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;

/** A teacher of which the most probable tokens are kept. Holds native memory until it is closed. */
final class TeacherTops implements AutoCloseable {
  private final NDManager manager;
  private final ScriptModule script;

  /**
   * @param teacher whose values have to outlive this
   * @param vocabulary first logits that count, where the student has fewer; 0 for all
   * @param k tokens of each position
   * @param temperature that logits are divided by
   */
  TeacherTops(
      TorchSession torch, TrainableModel teacher, long vocabulary, int k, double temperature) {
    this.manager = torch.manager().newSubManager();
    try {
      ModuleNode root =
          new ModuleNode(ScriptClass.of(LossTerm.class, "teacher_tops.TeacherTops"))
              .with("teacher", teacher.root())
              .with("vocabulary", vocabulary)
              .with("k", k)
              .with("temperature", temperature);
      this.script = ScriptModule.load(manager, root.object());
      script.load(root.tensors());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Those of the scored positions of a batch of one sequence. */
  TopRows of(TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> found = script.callForList(scope, "tops", ModelTrainer.tensors(scope, batch));
      return new TopRows(
          Arrays.stream(found.get(0).toLongArray()).mapToInt(Math::toIntExact).toArray(),
          found.get(1).toFloatArray(),
          found.get(2).toFloatArray());
    }
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
