package dev.assay.harness.run.worker;

/**
 * How far a stage of a cell is.
 *
 * @param stage for example {@code compress}
 * @param detail what it is at, for example {@code gptq, layer}; may be empty
 * @param done how many of them are done
 * @param total how many there are; 0 if that is not known
 * @param said how it goes, for example {@code loss 3.21, 5,400 tokens/s}; may be empty
 */
public record Progress(String stage, String detail, long done, long total, String said) {
  /** One of which there is nothing more to say. */
  public Progress(String stage, String detail, long done, long total) {
    this(stage, detail, done, total, "");
  }

  /** For example {@code compress finetune, step 12/300, loss 3.21}. */
  public String text() {
    String at = detail.isEmpty() ? "" : " " + detail;
    String count = total == 0 ? "" : " " + done + "/" + total;
    return stage + at + count + (said.isEmpty() ? "" : ", " + said);
  }

  /** A stage that has begun. */
  public static Progress begun(String stage) {
    return new Progress(stage, "", 0, 0);
  }
}
