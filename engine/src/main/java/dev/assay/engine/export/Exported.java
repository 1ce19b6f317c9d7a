package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.List;

/**
 * What an export has written.
 *
 * @param tensors number of tensors
 * @param bytes of the files that hold them
 * @param notes what users should know of it, a line each
 */
public record Exported(int tensors, long bytes, List<String> notes) {
  public Exported {
    notes = List.copyOf(notes);
  }

  /** A checkpoint that was written. */
  static Exported checkpoint(Path target) {
    return of(Checkpoint.open(target), List.of());
  }

  static Exported of(Checkpoint written, List<String> notes) {
    return new Exported(written.names().size(), written.fileBytes(), notes);
  }
}
