package dev.assay.harness.measure;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;

/** The models that lie in the repository. */
public final class ReferenceModels {
  private ReferenceModels() {}

  public static Path directory(String name) {
    return Path.of(System.getProperty("assay.root"), "models", name);
  }

  public static LanguageModel load(TorchSession torch, String name) {
    Checkpoint checkpoint = Checkpoint.open(directory(name));
    return LanguageModel.load(
        torch,
        checkpoint,
        new Families().architecture(checkpoint),
        Execution.reference(torch.device()));
  }
}
