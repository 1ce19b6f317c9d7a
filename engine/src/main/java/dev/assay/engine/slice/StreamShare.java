package dev.assay.engine.slice;

/** How much of a stream stays. */
final class StreamShare {
  private StreamShare() {}

  /** So much of a width, rounded down to a multiple; none where that is more. */
  static int of(double keep, int hidden, int multiple) {
    int width = (int) (keep * hidden);
    return width - width % multiple;
  }
}
