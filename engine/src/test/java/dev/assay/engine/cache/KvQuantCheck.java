package dev.assay.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.CacheCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;

/** Keys by channel and values by token as KVQuant has them. */
public final class KvQuantCheck implements GoldenCheck {
  private static final String DEQUANT = "dequant";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ScriptModule caches =
        ScriptModule.load(
            scope,
            new ModuleNode(ScriptClass.of(CacheCheck.class, "caching.KvQuantRounding")).object());
    if (golden.has("keys_clamp")) {
      new UniformCase(scope, golden, caches).check();
    } else {
      new CodebookCase(scope, golden, caches).check();
    }
  }

  /** Ends of ranges as tensors. */
  private static NDArray tensor(NDManager scope, float[] values) {
    return scope.create(values).duplicate();
  }

  /** [1, 1, tokens, channels]. */
  private static NDArray one(NDArray x) {
    return x.reshape(1, 1, x.getShape().get(0), x.getShape().get(1));
  }

  private static double share(NDArray found, NDArray wanted) {
    return Agreement.of(found, wanted).equalFraction(1e-4);
  }

  /** Equal steps between ends, those of keys found before. */
  private record UniformCase(NDManager scope, GoldenCase golden, ScriptModule caches) {
    void check() {
      assertThat(golden.rule("dequant_abs")).isEqualTo("1e-4 for at least 99.9% of entries");
      int bits = golden.parameter("bits").intValue();
      NDArray calibration = golden.input(scope, "calibration");
      ChannelRanges ranges = ChannelRanges.of(new CachedRows(List.of(calibration)), 0);
      check("keys", keys(ranges, bits));
      check("keys_clamp", keys(ranges.aroundZero(bits), bits));
      NDArray codebook = tensor(scope, Codebook.uniform(bits));
      check(
          "values_clamp",
          caches
              .callForList(
                  scope, "values", one(golden.input(scope, "V")), codebook, (long) bits, 0.0, true)
              .get(0));
    }

    private void check(String name, NDArray found) {
      assertThat(share(found, golden.tensor(scope, name))).as(name).isGreaterThanOrEqualTo(0.999);
    }

    private NDArray keys(ChannelRanges ranges, int bits) {
      return caches
          .callForList(
              scope,
              "keys",
              one(golden.input(scope, "K")),
              tensor(scope, Codebook.uniform(bits)),
              tensor(scope, ranges.lower()),
              tensor(scope, ranges.upper()),
              (long) bits,
              0.0,
              0L)
          .get(0);
    }
  }

  /** Codebooks from clustering, and outliers apart. */
  private record CodebookCase(NDManager scope, GoldenCase golden, ScriptModule caches) {
    void check() {
      assertThat(golden.rule("outliers")).isEqualTo("exact");
      assertThat(golden.rule("dequant_abs"))
          .isEqualTo("1e-4 for at least 99.9% of entries (with the given centroids)");
      int bits = golden.parameter("bits").intValue();
      double outliers = 1 - golden.parameter("sparsity_threshold").doubleValue();
      boolean keys = golden.parameter("per").asText().startsWith("channel");
      NDArray calibration = golden.input(scope, "calibration");
      ChannelRanges ranges = ranges(calibration, keys, outliers);
      double most = golden.tolerance("thresholds_abs");
      requireNear(ranges.upper(), golden.tensor(scope, "thresholds_upper"), most);
      requireNear(ranges.lower(), golden.tensor(scope, "thresholds_lower"), most);
      requireCodebook(calibration, ranges, keys, bits);
      float[] centroids = golden.tensor(scope, "centroids").toFloatArray();
      Arrays.sort(centroids);
      NDArray codebook = tensor(scope, centroids);
      NDArray x = one(golden.input(scope, "x"));
      if (keys) {
        NDArray lower = tensor(scope, ranges.lower());
        NDArray upper = tensor(scope, ranges.upper());
        requireRounded(
            caches.callForList(scope, "keys", x, codebook, lower, upper, (long) bits, outliers, 0L),
            "");
        if (golden.has("dequant_half_thresholds")) {
          requireRounded(
              caches.callForList(
                  scope, "keys_half", x, codebook, lower, upper, (long) bits, outliers),
              "_half_thresholds");
          NDArray exact =
              caches
                  .callForList(scope, "keys", x, codebook, lower, upper, (long) bits, outliers, 4L)
                  .get(0);
          NDArray wanted = golden.tensor(scope, "dequant_first4_exact");
          NDArray first = exact.get(":, :, 0:" + wanted.getShape().get(0)).duplicate();
          assertThat(share(first, wanted)).isGreaterThanOrEqualTo(0.999);
          assertThat(
                  Agreement.of(first.get("0, 0, 0:4").duplicate(), x.get("0, 0, 0:4").duplicate())
                      .greatestDifference())
              .isZero();
        }
      } else {
        requireRounded(
            caches.callForList(scope, "values", x, codebook, (long) bits, outliers, false), "");
      }
    }

    private static ChannelRanges ranges(NDArray calibration, boolean keys, double outliers) {
      // Tokens of values are what channels of keys are.
      NDArray channels = keys ? calibration : calibration.transpose().duplicate();
      return ChannelRanges.of(new CachedRows(List.of(channels)), outliers);
    }

    private static void requireNear(float[] found, NDArray wanted, double most) {
      float[] expected = wanted.toFloatArray();
      assertThat(found).hasSize(expected.length);
      for (int i = 0; i < found.length; i++) {
        assertThat(Math.abs((double) found[i] - expected[i])).isLessThanOrEqualTo(most);
      }
    }

    private void requireCodebook(
        NDArray calibration, ChannelRanges ranges, boolean keys, int bits) {
      assertThat(golden.rule("inertia")).contains("should not exceed inertia_published by more");
      int channels = (int) calibration.getShape().get(1);
      float[] x = calibration.toFloatArray();
      boolean weighted = golden.parameter("fisher").booleanValue();
      float[] weights = weighted ? golden.input(scope, "fisher").toFloatArray() : null;
      float[] kept = new float[x.length];
      float[] counts = new float[x.length];
      byte[] left = new byte[x.length];
      int count = 0;
      for (int i = 0; i < x.length; i++) {
        int range = keys ? i % channels : i / channels;
        float place = ChannelRanges.place(x[i], ranges.lower()[range], ranges.upper()[range]);
        if (Math.abs(place) <= 1) {
          kept[count] = place;
          counts[count++] = weights == null ? 1 : weights[i];
        } else {
          left[i] = 1;
        }
      }
      assertThat(left)
          .isEqualTo(
              golden.tensor(scope, "outlier_mask").toType(DataType.INT8, true).toByteArray());
      assertThat((double) count).isEqualTo(golden.scalar("kept"));
      Codebook codebook = new Codebook(Arrays.copyOf(kept, count), Arrays.copyOf(counts, count));
      double most = golden.tolerance("lloyd_abs");
      float[] start = codebook.start(1 << bits);
      requireNear(start, golden.tensor(scope, "lloyd_init"), most);
      float[] fitted = codebook.fit(start);
      requireNear(fitted, golden.tensor(scope, "lloyd_result"), most);
      double error = codebook.error(fitted);
      assertThat(error).isLessThanOrEqualTo(1.02 * golden.scalar("inertia_published"));
      assertThat(error / golden.scalar("inertia_lloyd")).isBetween(0.9999, 1.0001);
    }

    private void requireRounded(List<NDArray> found, String suffix) {
      NDArray wanted = golden.tensor(scope, DEQUANT + suffix);
      assertThat(share(found.get(0), wanted)).as(suffix).isGreaterThanOrEqualTo(0.999);
      NDArray apart = golden.tensor(scope, "outliers" + suffix);
      assertThat(Agreement.of(found.get(1), apart).equalFraction(0)).as(suffix).isEqualTo(1);
    }
  }
}
