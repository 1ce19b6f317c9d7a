package dev.assay.harness.run.need;

/**
 * The disk that a cell's work takes, in bytes, on top of what is there.
 *
 * @param model the synthetic model that is made; 0 if it is there, or somebody's
 * @param artifact the artifact that stays; 0 if it is there, or none is made
 * @param passing what is gone again when the artifact is whole: its tensors a second time, while
 *     they are put in order, and what each stage changed
 */
public record DiskNeed(long model, long artifact, long passing) {
  /** All of it. */
  public long peak() {
    return model + artifact + passing;
  }
}
