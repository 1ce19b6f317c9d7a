package dev.assay.engine.recipe;

/**
 * How long stages take, what a run before an interruption had spent on one included. What goes by
 * between stages does not count.
 */
final class StageClock {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PipelineWork work;
  private final double earlier;
  private double ended;
  private long start;

  /**
   * @param work where an interrupted run noted how long it had taken, and this one does
   */
  StageClock(PipelineWork work) {
    this.work = work;
    this.earlier = work.seconds();
  }

  /** A stage begins, or goes on. */
  void begin() {
    start = System.nanoTime();
  }

  /** Of the stage at hand, so far. */
  double seconds() {
    return Math.max(0, earlier - ended) + (System.nanoTime() - start) / NANOS_PER_SECOND;
  }

  /** Notes the time so far. */
  void note() {
    work.spent(ended + seconds());
  }

  /** The stage at hand has ended after so long. */
  void end(double seconds) {
    ended += seconds;
    work.spent(Math.max(ended, earlier));
  }
}
