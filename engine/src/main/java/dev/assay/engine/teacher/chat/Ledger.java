package dev.assay.engine.teacher.chat;

import org.jspecify.annotations.Nullable;

/** Keeps accounts of a teacher's answers; for any number of threads. */
public final class Ledger {
  private final @Nullable Price price;
  private long requests;
  private long cached;
  private long uncounted;
  private long brokenOff;
  private Usage usage = Usage.NONE;

  /**
   * Empty accounts.
   *
   * @param price what tokens cost; null if nobody said
   */
  public Ledger(@Nullable Price price) {
    this.price = price;
  }

  /** The cache answered. */
  synchronized void found() {
    cached++;
  }

  /** An attempt came to no answer that could be read, when some of it may have been written. */
  synchronized void brokeOff() {
    brokenOff++;
  }

  /** The teacher answered. */
  synchronized void asked(Completion completion) {
    requests++;
    Usage counted = completion.usage();
    if (counted == null) {
      uncounted++;
    } else {
      usage = usage.plus(counted);
    }
  }

  /** What it came to so far. */
  public synchronized Spending spending() {
    return new Spending(requests, cached, uncounted, brokenOff, usage, price);
  }
}
