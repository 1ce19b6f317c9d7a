package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;

/**
 * A format that checkpoints can be written in. What is quantized keeps its values to the last bit:
 * where the format has no place for them it refuses, unless rounding anew is allowed.
 */
public interface ExportFormat {
  /** Name on the command line. */
  String name();

  /** What it is, in a few words. */
  String summary();

  /** Names of the types that its matrices can be of; none where it has no choice. */
  default List<String> types() {
    return List.of();
  }

  /** Whether what it rounds anew goes to a grid of any bits and groups. */
  default boolean grids() {
    return false;
  }

  /**
   * Writes a checkpoint.
   *
   * @param target file or directory that does not exist yet; it appears whole or not at all
   * @return what was written
   * @throws dev.assay.engine.config.BadInputException if the target exists, or the format cannot
   *     hold the model
   */
  Exported export(TorchSession torch, Checkpoint source, Path target, ExportOptions options);

  /** The same with no options but the most bytes of tensors in a file. */
  default Exported export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    return export(torch, source, target, ExportOptions.shards(shardBytes));
  }
}
