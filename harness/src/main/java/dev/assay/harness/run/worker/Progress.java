package dev.assay.harness.run.worker;

/**
 * How far a stage of a cell is.
 *
 * @param stage for example {@code compress}
 * @param detail what it is at, for example {@code gptq, layer}; may be empty
 * @param done how many of them are done
 * @param total how many there are; 0 if that is not known
 */
public record Progress(String stage, String detail, long done, long total) {
  /** A stage that has begun. */
  public static Progress begun(String stage) {
    return new Progress(stage, "", 0, 0);
  }
}
