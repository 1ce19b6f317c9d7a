package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.GoldenCase;
import java.util.ArrayList;
import java.util.List;

/** Comparisons of losses and gradients by the tolerances of a case. */
record GoldenLoss(NDManager scope, GoldenCase golden) {
  NDArray input(String name) {
    return golden.input(scope, name);
  }

  double number(String parameter) {
    return golden.parameter(parameter).asDouble();
  }

  /** Both values that the case has: the published code's, and the one in float64. */
  void loss(double found) {
    double relative = golden.tolerance("loss_rel");
    scalar(found, "loss", relative);
    if (golden.states("loss_float64")) {
      // Where the published value is rounded it is the latter that is near.
      scalar(found, "loss_float64", Math.min(relative, 1e-5));
    }
  }

  void part(double found, String scalar) {
    scalar(found, scalar, golden.tolerance("loss_rel"));
  }

  private void scalar(double found, String scalar, double relative) {
    double expected = golden.scalar(scalar);
    assertThat(found).as(scalar).isCloseTo(expected, within(relative * Math.abs(expected)));
  }

  /** A gradient by the tolerance of its own name. */
  void gradient(NDArray found, String tensor) {
    close(found, tensor, golden.tolerance(tensor));
  }

  void close(NDArray found, String tensor, double most) {
    NDArray expected = golden.tensor(scope, tensor);
    assertThat(found.getShape()).as(tensor).isEqualTo(expected.getShape());
    assertThat(found.sub(expected.toType(DataType.FLOAT32, false)).abs().max().getFloat())
        .as(tensor)
        .isLessThanOrEqualTo((float) most);
  }

  /** Labels of each position in place of each token's: one further, and none at the end. */
  NDArray shifted(NDArray labels) {
    long rows = labels.getShape().get(0);
    NDArray none = scope.full(new Shape(rows, 1), -100, DataType.INT64);
    return labels.get(":, 1:").concat(none, 1);
  }

  /** Teachers' logits, as many as the case has. */
  List<NDArray> teachers() {
    List<NDArray> teachers = new ArrayList<>();
    for (String name : List.of("teacher_logits", "teacher2_logits", "teacher3_logits")) {
      if (golden.takes(name)) {
        teachers.add(input(name));
      }
    }
    return teachers;
  }

  /** Of a model of which only the vocabulary matters. */
  static ModelSizes sizes(NDArray logits) {
    return new ModelSizes(1, 1, Math.toIntExact(logits.getShape().get(2)), 1, 1, 1, 1);
  }
}
