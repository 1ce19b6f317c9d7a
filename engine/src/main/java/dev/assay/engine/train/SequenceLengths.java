package dev.assay.engine.train;

/**
 * How long a sequence is.
 *
 * @param read tokens that an encoder reads for a decoder to write; 0 where there is one stack
 * @param written tokens of the stack that gives the output
 */
public record SequenceLengths(long read, long written) {
  /** Of a model of one stack. */
  public static SequenceLengths of(long tokens) {
    return new SequenceLengths(0, tokens);
  }

  /** All tokens. */
  public long tokens() {
    return read + written;
  }
}
