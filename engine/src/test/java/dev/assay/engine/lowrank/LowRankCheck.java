package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;
import java.util.Arrays;

/** Ranks, and the factors of one weight; of whole models {@code LowRankModelCheck}. */
public final class LowRankCheck implements GoldenCheck {
  private static final double STATISTIC = 1e-5;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    if (golden.algorithm().equals("rank_formula")) {
      ranks(golden.tensor(scope, "table").toType(DataType.INT64, false), golden);
    } else {
      new Case(torch, scope, golden).check();
    }
  }

  private static void ranks(NDArray table, GoldenCase golden) {
    assertThat(golden.rule("table")).isEqualTo("exact");
    int columns = (int) table.getShape().get(1);
    long[] values = table.toLongArray();
    for (int at = 0; at < values.length; at += columns) {
      long out = values[at];
      long in = values[at + 1];
      double keep = values[at + 2] / 100.0;
      if (keep < 1) {
        KeptShare share = new KeptShare(keep);
        assertThat(share.rank(out, in)).isEqualTo(Math.max(1, values[at + 3]));
        assertThat(share.rankInMultiples(out, in, 1)).isEqualTo(Math.max(1, values[at + 4]));
        assertThat(share.rankInMultiples(out, in, 8)).isEqualTo(Math.max(8, values[at + 5]));
        // Given as what goes, a share is a little less or more.
        assertThat(new KeptShare(1 - keep).rank(out, in)).isEqualTo(Math.max(1, values[at + 6]));
      }
    }
  }

  /** One weight. */
  private record Case(
      TorchSession torch, NDManager scope, GoldenCase golden, LowRankSolver solver) {
    Case(TorchSession torch, NDManager scope, GoldenCase golden) {
      this(torch, scope, golden, new LowRankSolver(torch));
    }

    void check() {
      NDArray w = golden.input(scope, "W");
      NDArray x = inputs("X");
      long rank = golden.parameter("rank").longValue();
      boolean fitted = golden.algorithm().equals("svdllm_update");
      LowRankWeight factors =
          switch (golden.algorithm()) {
            case "svd" -> solver.plain(scope, w, rank);
            case "asvd" -> solver.scaled(scope, w, scale(x), rank);
            case "fwsvd" -> solver.weighted(scope, w, rowWeights(), rank);
            case "svdllm" -> solver.whitened(scope, w, moments(x), rank);
            case "svdllm_update" -> updated(w, x, rank);
            default -> throw new IllegalArgumentException("no factoring " + golden.algorithm());
          };
      NDArray found = product(factors);
      NDArray expected = golden.tensor(scope, "A").matMul(golden.tensor(scope, "B"));
      assertThat(greatest(found.sub(expected)))
          .as("A B")
          .isLessThanOrEqualTo(golden.tolerance("w_abs"));
      assertThat(factors.up().getShape()).isEqualTo(new Shape(w.getShape().get(0), rank));
      NDArray judged = fitted ? inputs("X_update") : x;
      near("out_err", Agreement.outputError(judged, w, found));
      if (!fitted) {
        near("out_norm", Agreement.outputError(judged, w, w.zerosLike()));
      }
      particulars(w, x, found);
    }

    private void particulars(NDArray w, NDArray x, NDArray found) {
      switch (golden.algorithm()) {
        case "svd" -> {
          double error = w.sub(found).square().sum().getFloat();
          near("fro_err", error);
          near("tail_energy", error);
          near("fro_err", tail());
          near("tail_energy", tail(solver.squares(w)));
        }
        // The paper's bound: what is cut off is what outputs lose.
        case "svdllm" -> {
          near("tail_energy", Agreement.outputError(x, w, found));
          near("tail_energy", tail());
          near("tail_energy", tail(solver.squares(w, moments(x))));
          boolean failed = golden.parameter("cholesky_failed").booleanValue();
          assertThat(golden.scalar("lambda_min_float64") <= 0).isEqualTo(failed);
          if (golden.has("chol")) {
            NDArray lower = golden.tensor(scope, "chol").toType(DataType.FLOAT32, true);
            NDArray again = lower.matMul(lower.transpose());
            NDArray own = moments(x).toType(DataType.FLOAT32, true);
            assertThat(again.sub(own).abs().max().getFloat())
                .isLessThan(1e-5f * own.abs().max().getFloat());
          }
        }
        case "asvd" ->
            // What a randomised decomposition costs.
            assertThat(Agreement.outputError(x, w, found))
                .isLessThan(golden.scalar("out_err_randomised_svd_seed0"));
        case "fwsvd" ->
            near(
                "weighted_err",
                w.sub(found).mul(rowWeights().reshape(-1, 1)).square().sum().getFloat());
        default -> {
          NDArray other = inputs("X_update");
          NDArray before = golden.tensor(scope, "w_before");
          double all = Agreement.outputError(other, w, w.zerosLike());
          near("out_err_before", Agreement.outputError(other, w, before));
          near("rel_err_before", Math.sqrt(Agreement.outputError(other, w, before) / all));
          near("rel_err", Math.sqrt(Agreement.outputError(other, w, found) / all));
        }
      }
    }

    private LowRankWeight updated(NDArray w, NDArray x, long rank) {
      boolean direct = golden.parameter("direct_update").booleanValue();
      LowRankWeight first =
          direct ? solver.plain(scope, w, rank) : solver.whitened(scope, w, moments(x), rank);
      assertThat(greatest(product(first).sub(golden.tensor(scope, "w_before"))))
          .as("before the update")
          .isLessThanOrEqualTo(golden.tolerance("w_abs"));
      return solver.updated(scope, w, first, moments(inputs("X_update")));
    }

    private NDArray product(LowRankWeight factors) {
      return factors.up().matMul(factors.down());
    }

    /** Without the channel whose inputs are silent, where there is one. */
    private double greatest(NDArray difference) {
      NDArray magnitudes = difference.abs();
      if (golden.limits("w_abs_excludes_channel")) {
        magnitudes.set(new NDIndex(":, " + (long) golden.tolerance("w_abs_excludes_channel")), 0);
        if (golden.limits("why")) {
          assertThat(golden.rule("why")).contains("without effect");
        }
      }
      return magnitudes.max().getFloat();
    }

    private void near(String scalar, double found) {
      assertThat(found)
          .as(scalar)
          .isCloseTo(
              golden.scalar(scalar), withinPercentage(100 * golden.tolerance("out_err_rel")));
    }

    /** The squares of the singular values that are cut off. */
    private double tail() {
      double[] values =
          golden.tensor(scope, "singular_values").toType(DataType.FLOAT64, false).toDoubleArray();
      double sum = 0;
      for (int i = golden.parameter("rank").intValue(); i < values.length; i++) {
        sum += values[i] * values[i];
      }
      return sum;
    }

    private double tail(double[] squares) {
      return Arrays.stream(squares).skip(golden.parameter("rank").intValue()).sum();
    }

    /** Float32 [sequences, tokens, in], as the case has them. */
    private NDArray inputs(String key) {
      NDArray x = golden.input(scope, key).toType(DataType.FLOAT32, true);
      if (golden.parameter("sequences").isNumber()) {
        x = x.get("0:" + golden.parameter("sequences").asInt());
      }
      if (golden.parameter("silent_channel").isNumber()) {
        x.set(new NDIndex(":, :, " + golden.parameter("silent_channel").asInt()), 0);
      }
      return x;
    }

    private NDArray moments(NDArray x) {
      NDArray rows = x.toType(DataType.FLOAT64, true).reshape(-1, x.getShape().get(2));
      return rows.transpose().matMul(rows);
    }

    private NDArray scale(NDArray x) {
      String method = golden.parameter("scaling_method").asText();
      double alpha = golden.parameter("alpha").doubleValue();
      NDArray statistic = null;
      if (golden.has("act_stat")) {
        NDArray magnitudes = x.abs();
        NDArray own =
            method.equals("abs_max")
                ? magnitudes.max(new int[] {0}).max(new int[] {0})
                : magnitudes.mean(new int[] {1}).sum(new int[] {0});
        same("act_stat", own);
        statistic = own;
      }
      NDArray scale = statistic == null ? null : solver.scale(scope, statistic, alpha);
      if (golden.has("fisher_info")) {
        NDArray squares = golden.input(scope, "grads").toType(DataType.FLOAT32, true).square();
        NDArray fisher = squares.mean(new int[] {1}).mean(new int[] {0}).sqrt();
        same("fisher_info", fisher);
        scale =
            statistic == null
                ? solver.scale(scope, fisher, alpha)
                : statistic.pow(alpha).mul(fisher.pow(alpha)).add(1e-6f);
      }
      if (scale == null) {
        throw new IllegalStateException(golden.name() + " has no statistic");
      }
      same("scale", scale);
      return scale;
    }

    private NDArray rowWeights() {
      NDArray squares = golden.input(scope, "grads").toType(DataType.FLOAT32, true).square();
      NDArray rows = squares.mean(new int[] {0}).sum(new int[] {1}).sqrt();
      same("row_weight", rows);
      return rows;
    }

    private void same(String tensor, NDArray found) {
      NDArray expected = golden.tensor(scope, tensor);
      assertThat((double) found.sub(expected).abs().max().getFloat())
          .as(tensor)
          .isCloseTo(0, within(STATISTIC * expected.abs().max().getFloat()));
    }
  }
}
