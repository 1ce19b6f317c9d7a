package dev.assay.harness.run;

import dev.assay.harness.run.worker.Progress;
import java.util.Optional;

/** Of what takes hours and tells how it goes, a line each tenth. */
final class StepTenths {
  private static final int TENTHS = 10;

  private String detail = "";
  private long before;

  /** The line, if a tenth more is done than in the last. */
  Optional<String> line(Progress progress) {
    if (progress.said().isEmpty() || progress.total() == 0) {
      return Optional.empty();
    }
    long now = TENTHS * progress.done() / progress.total();
    boolean more = now > (progress.detail().equals(detail) ? before : 0);
    detail = progress.detail();
    before = now;
    return more ? Optional.of(progress.text()) : Optional.empty();
  }
}
