package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.HessianAccumulator;
import dev.assay.engine.calibration.TensorAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;

/** A product beside one rounded weight; of whole models {@code CorrectionModelCheck}. */
public final class CorrectionCheck implements GoldenCheck {
  /** Eigenvalues below it, times the greatest and their number, are of no direction. */
  private static final double EPSILON = Math.pow(2, -23);

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    new Case(torch, scope, golden, new CorrectionSolver(torch)).check();
  }

  private record Case(
      TorchSession torch, NDManager scope, GoldenCase golden, CorrectionSolver solver) {
    void check() {
      NDArray w = golden.input(scope, "W");
      NDArray rounded = golden.input(scope, "Wq");
      NDArray x = inputs();
      NDArray error = w.sub(rounded);
      long rank = golden.parameter("rank").longValue();
      LowRankWeight product =
          switch (golden.algorithm()) {
            case "lqer" -> solver.plain(scope, error, rank);
            case "l2qer" -> solver.scaled(scope, error, scale(x), rank);
            case "eora" -> solver.projected(scope, error, fading(x), rank);
            default -> throw new IllegalArgumentException("no correction " + golden.algorithm());
          };
      NDArray found = rounded.add(product.up().matMul(product.down()));
      NDArray theirs;
      if (golden.algorithm().equals("eora")) {
        theirs = golden.tensor(scope, "B").matMul(golden.tensor(scope, "A"));
        particulars(w, rounded, x);
      } else {
        assertThat(golden.parameter("low_rank_quantizer").asText()).isEqualTo("none");
        theirs = golden.tensor(scope, "A").matMul(golden.tensor(scope, "B")).transpose();
      }
      assertThat(product.up().getShape()).isEqualTo(new Shape(w.getShape().get(0), rank));
      assertThat((double) found.sub(rounded.add(theirs)).abs().max().getFloat())
          .as("W'")
          .isLessThanOrEqualTo(golden.tolerance("w_abs"));
      near("out_err_before", Agreement.outputError(x, w, rounded));
      near("out_err", Agreement.outputError(x, w, found));
      if (golden.states("fro_err")) {
        near("fro_err", w.sub(found).square().sum().getFloat());
      }
    }

    private NDArray scale(NDArray x) {
      try (TensorAccumulator means = TensorAccumulator.greatestMeans(torch, x.getShape().get(2))) {
        for (long i = 0; i < x.getShape().get(0); i++) {
          means.add(x.get(i));
        }
        NDArray scale = solver.scale(scope, means.get());
        NDArray off = scale.div(golden.tensor(scope, "scale")).sub(1).abs();
        assertThat((double) off.max().getFloat())
            .as("scale")
            .isLessThanOrEqualTo(golden.tolerance("scale_rel"));
        return scale;
      }
    }

    private NDArray fading(NDArray x) {
      long sequences = x.getShape().get(0);
      assertThat(sequences).isEqualTo(golden.parameter("batches").longValue());
      try (TensorAccumulator moments =
          TensorAccumulator.fadingMoments(torch, x.getShape().get(2), sequences)) {
        for (long i = 0; i < sequences; i++) {
          moments.add(x.get(i));
        }
        if (golden.has("cov")) {
          NDArray theirs = golden.tensor(scope, "cov");
          assertThat(
                  (double) moments.get().sub(theirs).abs().max().getFloat()
                      / theirs.abs().max().getFloat())
              .as("cov")
              .isCloseTo(0, within(1e-5));
        }
        return torch.tensors().copy(scope, moments.get());
      }
    }

    /** Its spectrum, and what samples that count alike give. */
    private void particulars(NDArray w, NDArray rounded, NDArray x) {
      double[] values =
          torch
              .script(CorrectionCheck.class, "spectrum.py")
              .call(scope, "eigenvalues", fading(x))
              .toDoubleArray();
      double greatest = values[values.length - 1];
      double border = values.length * EPSILON;
      long gone = 0;
      double nearest = Double.POSITIVE_INFINITY;
      for (double value : values) {
        double ratio = value / greatest;
        gone += ratio <= border ? 1 : 0;
        nearest = ratio <= border ? nearest : Math.min(nearest, ratio / border);
      }
      assertThat((double) gone).isEqualTo(golden.scalar("discarded_eigenvalues"));
      assertThat(values[0] / greatest)
          .isCloseTo(golden.scalar("eigenvalue_ratio_min"), within(1e-7));
      assertThat(nearest)
          .isCloseTo(golden.scalar("eigenvalue_ratio_nearest_to_cutoff"), withinPercentage(0.1));

      try (HessianAccumulator even = new HessianAccumulator(torch, x.getShape().get(2))) {
        even.add(x);
        LowRankWeight product =
            solver.projected(
                scope, w.sub(rounded), even.hessian(), golden.parameter("rank").longValue());
        near(
            "out_err_if_unweighted",
            Agreement.outputError(x, w, rounded.add(product.up().matMul(product.down()))));
      }
    }

    private void near(String scalar, double found) {
      assertThat(found)
          .as(scalar)
          .isCloseTo(
              golden.scalar(scalar), withinPercentage(100 * golden.tolerance("out_err_rel")));
    }

    /** Float32 [sequences, tokens, in], as the case has them. */
    private NDArray inputs() {
      NDArray x = golden.input(scope, "X").toType(DataType.FLOAT32, true);
      if (golden.parameter("silent_channel").isNumber()) {
        x.set(new NDIndex(":, :, " + golden.parameter("silent_channel").asInt()), 0);
      }
      return x;
    }
  }
}
