package dev.assay.engine.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.SlicedStream;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/**
 * The principal components along the stream of a model that is turned and not sliced. Their signs
 * are anybody's, and of those that vary alike their directions.
 */
record TurnedBases(NDManager scope, GoldenCase golden, List<StreamBasis> bases) {
  /** Gap to both neighbours, of the greatest moment, from which on a direction is one. */
  private static final double GAP = 1e-4;

  private static final double COLUMN = 1e-3;

  /** The smallest gaps are differences of nearly equal moments. */
  private static final double GAP_SHARE = 0.05;

  void check(Checkpoint turned, TorchSession torch) {
    JsonNode gaps = golden.structured("smallest_relative_eigenvalue_gap");
    assertThat(bases).hasSize(gaps.size());
    assertThat(golden.rule("Q"))
        .isEqualTo(
            "1 - |<column, column>| below 1e-3 where the gap to both neighbours exceeds 1e-4 of the"
                + " largest eigenvalue");
    for (int place = 0; place < bases.size(); place++) {
      double[] found = bases.get(place).moments().toDoubleArray();
      float[] expected = golden.tensor(scope, "eig:" + place).toFloatArray();
      double least = Double.MAX_VALUE;
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i] / expected[i])
            .as("moment %d at %d", i, place)
            .isCloseTo(1, within(golden.tolerance("eig_rel")));
        least = i == 0 ? least : Math.min(least, (found[i - 1] - found[i]) / found[0]);
      }
      double gap = gaps.get(place).doubleValue();
      assertThat(least).as("gap at %d", place).isCloseTo(gap, within(GAP_SHARE * gap));
    }
    for (String tensor : golden.tensors("Q:")) {
      columns(Integer.parseInt(tensor.substring("Q:".length())), tensor);
    }
    for (String tensor : golden.tensors("shortcut:")) {
      boolean attention = tensor.endsWith("attn");
      String name =
          SlicedStream.name(
              attention ? LayerModule.ATTENTION_SHORTCUT : LayerModule.FEED_FORWARD_SHORTCUT);
      NDArray found = turned.tensor(torch, scope, "model.layers.0." + name);
      shortcut(found, tensor, attention ? 0 : 1);
    }
  }

  private void columns(int place, String tensor) {
    NDArray expected = golden.tensor(scope, tensor).toType(DataType.FLOAT64, false);
    NDArray found = bases.get(place).components();
    double[] cosines = found.mul(expected).sum(new int[] {0}).abs().toDoubleArray();
    boolean[] apart = apart(place);
    int compared = 0;
    for (int i = 0; i < cosines.length; i++) {
      if (apart[i]) {
        assertThat(1 - cosines[i]).as("%s, column %d", tensor, i).isLessThan(COLUMN);
        compared++;
      }
    }
    assertThat(compared).as(tensor).isGreaterThan(cosines.length / 2);
  }

  private boolean[] apart(int place) {
    double[] moments = bases.get(place).moments().toDoubleArray();
    boolean[] apart = new boolean[moments.length];
    for (int i = 0; i < moments.length; i++) {
      boolean above = i == 0 || moments[i - 1] - moments[i] > GAP * moments[0];
      boolean below = i == moments.length - 1 || moments[i] - moments[i + 1] > GAP * moments[0];
      apart[i] = above && below;
    }
    return apart;
  }

  private void shortcut(NDArray found, String tensor, int from) {
    float[] expected = golden.tensor(scope, tensor).toFloatArray();
    float[] values = found.toFloatArray();
    boolean[] rows = apart(from);
    boolean[] columns = apart(from + 1);
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < columns.length; column++) {
        if (rows[row] && columns[column]) {
          int at = row * columns.length + column;
          assertThat(Math.abs(values[at]))
              .as("%s [%d, %d]", tensor, row, column)
              .isCloseTo(Math.abs(expected[at]), within((float) COLUMN));
        }
      }
    }
  }
}
