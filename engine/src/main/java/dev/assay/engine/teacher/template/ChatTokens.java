package dev.assay.engine.teacher.template;

import dev.assay.engine.config.Require;

/** An example as token ids, of which those of the answer are scored. */
public final class ChatTokens {
  private final long[] ids;
  private final int promptLength;

  /**
   * An example.
   *
   * @param ids of prompt and answer
   * @param promptLength how many of them are the prompt's; at least one, and fewer than all
   */
  public ChatTokens(long[] ids, int promptLength) {
    Require.between("promptLength", promptLength, 1, ids.length - 1L);
    this.ids = ids.clone();
    this.promptLength = promptLength;
  }

  /** Token ids of prompt and answer. */
  public long[] ids() {
    return ids.clone();
  }

  /** How many of them are the prompt's. */
  public int promptLength() {
    return promptLength;
  }

  /** How many there are. */
  public int length() {
    return ids.length;
  }
}
