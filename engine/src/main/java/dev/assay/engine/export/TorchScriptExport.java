package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.MainType;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.TreeArchive;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A TorchScript archive, the model and its weights in one file. */
final class TorchScriptExport implements ExportFormat {
  private static final int BUFFER = 1 << 20;

  @Override
  public String name() {
    return "torchscript";
  }

  @Override
  public String summary() {
    return "TorchScript archive for torch.jit.load of PyTorch 2.5 and newer";
  }

  @Override
  public Exported export(
      TorchSession torch, Checkpoint source, Path target, ExportOptions options) {
    OwnSection.requireNothingOf(source, name(), "exits");
    ModelSpec architecture = new Families().architecture(source);
    DType dtype = MainType.of(source, architecture.main());
    try (PendingFile file = PendingFile.create(target)) {
      int tensors =
          new TreeArchive(torch, source, architecture, dtype)
              .write(new BufferedOutputStream(file.stream(), BUFFER));
      file.publish();
      return new Exported(tensors, Files.size(target), notes(architecture));
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static List<String> notes(ModelSpec architecture) {
    List<String> notes = new ArrayList<>();
    int context = architecture.spec().contextLength();
    if (context > TreeArchive.MOST_POSITIONS) {
      notes.add(
          "knows the first %d of the model's %d positions"
              .formatted(TreeArchive.MOST_POSITIONS, context));
    }
    return notes;
  }
}
