package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/** A batch, and what a student and its teachers made of it. */
final class Sample {
  /** What a tensor is to its model; in the bench's order. */
  enum Kind {
    LOGITS(0),
    STATES(1),
    SCORES(2),
    QUERIES(3),
    KEYS(4),
    VALUES(5),
    LABELS(6),
    TOP_IDS(7),
    TOP_LOGS(8),
    TOP_TAIL(9),
    /** A tensor of the term's own. */
    OWN(10);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * A tensor.
   *
   * @param name by which its gradient is found
   * @param owner 0 the student, i the i-th teacher
   */
  record Part(String name, int owner, Kind kind, int number, NDArray tensor) {
    boolean differentiable() {
      return tensor.getDataType().isFloating();
    }
  }

  private final NDArray mask;
  private final NDArray labels;
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param mask int64 [batch, tokens]
   * @param labels int64 [batch, tokens], shifted
   */
  Sample(NDArray mask, NDArray labels) {
    this.mask = mask;
    this.labels = labels;
  }

  /** All of whose tokens are there and scored. */
  static Sample whole(NDArray labels) {
    return new Sample(labels.onesLike(), labels);
  }

  NDArray mask() {
    return mask;
  }

  NDArray labels() {
    return labels;
  }

  List<Part> parts() {
    return parts;
  }

  Sample student(Kind kind, int number, NDArray tensor) {
    return with(new Part("student." + kind + "." + number, 0, kind, number, tensor));
  }

  /** Teachers from 1, in order. */
  Sample teacher(int teacher, Kind kind, int number, NDArray tensor) {
    return with(
        new Part("teacher" + teacher + "." + kind + "." + number, teacher, kind, number, tensor));
  }

  /** Logits of a student and its teachers. */
  Sample logits(NDArray student, NDArray... teachers) {
    student(Kind.LOGITS, 0, student);
    for (int i = 0; i < teachers.length; i++) {
      teacher(i + 1, Kind.LOGITS, 0, teachers[i]);
    }
    return this;
  }

  private Sample with(Part part) {
    parts.add(part);
    return this;
  }
}
