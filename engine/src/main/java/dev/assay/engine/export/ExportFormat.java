package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;

/** A format that checkpoints can be written in. */
public interface ExportFormat {
  /** Name on the command line. */
  String name();

  /** What it is, in a few words. */
  String summary();

  /**
   * Writes a checkpoint.
   *
   * @param target file or directory that does not exist yet; it appears whole or not at all
   * @param shardBytes most bytes of tensors in a file, where the format has several
   * @return what was written
   * @throws dev.assay.engine.config.BadInputException if the target exists, or the format cannot
   *     hold the model
   */
  Exported export(TorchSession torch, Checkpoint source, Path target, long shardBytes);
}
