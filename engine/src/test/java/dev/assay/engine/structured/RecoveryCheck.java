package dev.assay.engine.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Columns of a weight that make up for those that went. */
public final class RecoveryCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    new Case(torch, scope, golden).check();
  }

  private record Case(TorchSession torch, NDManager scope, GoldenCase golden) {
    void check() {
      assertThat(golden.rule("keep")).isEqualTo("exact");
      NDArray w = golden.input(scope, "W").toType(DataType.FLOAT32, false);
      long in = w.getShape().get(1);
      NDArray x =
          golden.input(scope, "X").toType(DataType.FLOAT32, false).reshape(new Shape(-1, in));
      NDArray moments = x.transpose().matMul(x);
      NDArray means = x.mean(new int[] {0});
      long[] kept = golden.tensor(scope, "keep").toType(DataType.INT64, false).toLongArray();
      assertThat(chosen(w, moments, in)).isEqualTo(kept);

      RecoverySolver solver = new RecoverySolver(torch);
      double ridge = golden.parameter("ridge").doubleValue();
      NDArray squares = solver.leastSquares(scope, w, kept, moments, ridge);
      close(squares, "w");
      NDArray bias = solver.mean(scope, w, kept, means);
      close(bias, "bias_mean");
      NDArray perToken = moments.div(x.getShape().get(0));
      List<NDArray> affine = solver.affine(scope, w, kept, perToken, means, ridge);
      if (golden.tensors("w_intercept").size() == 1) {
        close(affine.get(0), "w_intercept");
      }
      close(affine.get(1), "bias_intercept");

      NDArray left = x.get(scope, new NDIndex(":, {}", scope.create(kept)));
      NDArray cut = w.get(scope, new NDIndex(":, {}", scope.create(kept)));
      NDArray target = x.matMul(w.transpose());
      error(target, left, cut, null, "err_cut_only");
      error(target, left, cut, bias, "err_bias_only");
      error(target, left, squares, null, "err_lsq");
      error(target, left, affine.get(0), affine.get(1), "err_lsq_intercept");
    }

    /** By what columns add to the outputs' squares. */
    private long[] chosen(NDArray w, NDArray moments, long in) {
      float[] weights = w.square().sum(new int[] {0}).toFloatArray();
      float[] all = moments.toFloatArray();
      int size = Math.toIntExact(in);
      int gone = (int) (in * golden.parameter("removed_share").doubleValue());
      Comparator<Integer> byScore =
          Comparator.comparingDouble(c -> (double) weights[c] * all[c * size + c]);
      return IntStream.range(0, size)
          .boxed()
          .sorted(byScore)
          .skip(gone)
          .flatMapToLong(LongStream::of)
          .sorted()
          .toArray();
    }

    private void close(NDArray found, String tensor) {
      NDArray expected = golden.tensor(scope, tensor);
      double scale = expected.abs().max().getFloat();
      assertThat(found.getShape()).isEqualTo(expected.getShape());
      assertThat(found.sub(expected).abs().max().getFloat() / scale)
          .as(tensor)
          .isLessThan(golden.tolerance("w_rel"));
    }

    private void error(
        NDArray target, NDArray x, NDArray weight, @Nullable NDArray bias, String scalar) {
      NDArray output = x.matMul(weight.transpose());
      NDArray off = target.sub(bias == null ? output : output.add(bias));
      double sum = Arrays.stream(doubles(off.square())).sum();
      assertThat(sum / golden.scalar(scalar))
          .as(scalar)
          .isCloseTo(1, within(golden.tolerance("err_rel")));
    }

    private static double[] doubles(NDArray x) {
      return x.toType(DataType.FLOAT64, false).toDoubleArray();
    }
  }
}
