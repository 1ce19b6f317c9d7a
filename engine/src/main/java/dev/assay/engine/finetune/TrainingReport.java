package dev.assay.engine.finetune;

import dev.assay.engine.train.TrainingLog;
import java.util.List;

/**
 * How a stage trained, and what it cost.
 *
 * @param log of every step
 * @param trained parameters that were learned
 * @param studentFlops floating-point operations of the student's steps, by the shapes: products
 *     alone, forward and backward, layers that were computed again too
 * @param teacherFlops of the teachers' forward passes
 * @param untimedFlops of both before the steps, whose time is not that of the log
 * @param notes what else is to be known, in words
 */
public record TrainingReport(
    TrainingLog log,
    long trained,
    double studentFlops,
    double teacherFlops,
    double untimedFlops,
    List<String> notes) {
  public TrainingReport {
    notes = List.copyOf(notes);
  }
}
