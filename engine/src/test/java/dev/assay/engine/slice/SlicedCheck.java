package dev.assay.engine.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;

/** Whole models with their norms folded, turned, and sliced, against the published code. */
public final class SlicedCheck implements GoldenCheck {
  /** What the published norms add, whatever the model's. */
  private static final double PUBLISHED_EPSILON = 1e-5;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("sliced");
    try {
      Checkpoint source = Float32Copy.of(torch, golden.model(), directory.resolve("float32"));
      List<long[]> samples = Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")));
      SliceRun run = new SliceRun(torch, scope, source, samples, directory);
      Case each = new Case(torch, scope, golden, run);
      if (golden.states("max_abs_diff_fused_vs_original")) {
        each.fused();
      } else if (golden.has("Q:0")) {
        each.turned();
      } else {
        each.sliced();
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static SliceGptParameters published(double keep, int multiple) {
    return new SliceGptParameters(keep, multiple, true, PUBLISHED_EPSILON);
  }

  private record Case(TorchSession torch, NDManager scope, GoldenCase golden, SliceRun run) {
    private CompressedModel model(Checkpoint checkpoint) {
      return new CompressedModel(torch, scope, golden, checkpoint);
    }

    /** Nothing is sliced, so that what is turned computes what is folded alone. */
    void fused() {
      assertThat(golden.parameter("rmsn_eps").doubleValue()).isEqualTo(PUBLISHED_EPSILON);
      SliceRun.Found found = run.through("fused", published(1, 1));
      CompressedModel original = model(run.source());
      CompressedModel fused = model(found.artifact());
      original.checkPerplexity("ppl_L64_uncompressed");
      fused.checkPerplexity("ppl_L64");
      fused.checkLastLogits("last_logits");
      differ(original, fused, "max_abs_diff_fused_vs_original");
      if (golden.has("last_logits_no_mean_subtraction")) {
        Checkpoint exact = run.through("exact", new SliceGptParameters(1, 1)).artifact();
        model(exact).checkLastLogits("last_logits_no_mean_subtraction");
        model(exact).checkPerplexity("ppl_L64_without_embedding_mean_subtraction");
        differ(original, model(exact), "max_abs_diff_without_embedding_mean_subtraction");
      }
      if (golden.has("lm_head.bias")) {
        biases(found);
        // Inputs of this case and of others lie beside its figures.
        assertThat(golden.tensor(scope, "calibration_ids"))
            .isEqualTo(golden.input(scope, "calibration_ids"));
        assertThat(golden.tensor(scope, "ids")).isEqualTo(golden.input(scope, "ids_for_logits"));
      }
    }

    private void differ(CompressedModel original, CompressedModel other, String scalar) {
      NDArray off = other.logits().sub(original.logits()).abs().max();
      assertThat((double) off.getFloat())
          .as(scalar)
          .isCloseTo(golden.scalar(scalar), within(golden.tolerance("last_logits_abs")));
    }

    /** Means out of what adds to the stream, biases of norms in what reads them. */
    private void biases(SliceRun.Found found) {
      String layer = run.spec().names().inLayer(0, "");
      NDArray basis = found.bases().get(1).components().toType(DataType.FLOAT32, false);
      NDArray weight = tensor(found, layer + "self_attn.out_proj.weight");
      NDArray bias = tensor(found, layer + "self_attn.out_proj.bias");
      close(basis.matMul(weight), "out_proj.weight:0");
      close(basis.matMul(bias), "out_proj.bias:0");
      close(tensor(found, layer + "fc1.bias"), "fc1.bias:0");
      close(tensor(found, "lm_head.bias"), "lm_head.bias");
    }

    private NDArray tensor(SliceRun.Found found, String name) {
      return found.artifact().tensor(torch, scope, name);
    }

    private void close(NDArray found, String tensor) {
      assertThat(Agreement.of(found, golden.tensor(scope, tensor)).greatestDifference())
          .as(tensor)
          .isLessThanOrEqualTo(golden.tolerance("last_logits_abs") / 100);
    }

    void turned() {
      SliceRun.Found found = run.through("turned", published(1, 1));
      CompressedModel turned = model(found.artifact());
      turned.checkLastLogits("last_logits");
      turned.checkPerplexity("ppl_L64");
      assertThat(golden.scalar("max_abs_diff_vs_fused"))
          .isLessThan(golden.tolerance("last_logits_abs"));
      new TurnedBases(scope, golden, found.bases()).check(found.artifact(), torch);
    }

    void sliced() throws IOException {
      assertThat(golden.parameter("final_orientation").asText()).isEqualTo("pca");
      assertThat(golden.parameter("do_slice_head").asBoolean(true)).isFalse();
      double keep = 1 - golden.parameter("sparsity").doubleValue();
      int multiple = golden.parameter("round_interval").intValue();
      long width = golden.parameter("new_dimension").longValue();
      SliceRun.Found found = run.through("sliced", published(keep, multiple));
      CompressedModel original = model(run.source());
      CompressedModel sliced = model(found.artifact());
      sliced.checkLastLogits("last_logits");
      sliced.checkPerplexity("ppl_L64");
      original.checkPerplexity("ppl_L64_uncompressed");
      NDArray noise = sliced.logits().sub(original.logits()).get(":, -1");
      assertThat(Math.sqrt(noise.square().mean().getFloat()))
          .isCloseTo(
              Math.sqrt(golden.scalar("logits_mse_vs_uncompressed")),
              within(golden.tolerance("last_logits_abs")));
      // Any orientation of what is left gives the same.
      assertThat(golden.scalar("max_abs_diff_with_random_orientation"))
          .isLessThan(golden.tolerance("last_logits_abs"));
      NDArray columns = found.bases().get(1).components().get(":, 0:" + width);
      NDArray projector = columns.matMul(columns.transpose()).toType(DataType.FLOAT32, false);
      assertThat(Agreement.of(projector, golden.tensor(scope, "P:1")).greatestDifference())
          .isLessThanOrEqualTo(golden.tolerance("projector_abs"));
      shapes(found.artifact(), width);
    }

    private void shapes(Checkpoint artifact, long width) {
      for (Map.Entry<String, JsonNode> tensor : golden.structured("shapes").properties()) {
        long[] shape = new long[tensor.getValue().size()];
        Arrays.setAll(shape, axis -> tensor.getValue().get(axis).longValue());
        assertThat(artifact.info(tensor.getKey()).shape().getShape())
            .as(tensor.getKey())
            .isEqualTo(shape);
      }
      // The published norms have no weights where ours have ones.
      long norms = 2L * run.spec().main().depth() * width + run.spec().spec().hiddenSize();
      assertThat(artifact.parameters()).isEqualTo((long) golden.scalar("parameters") + norms);
      assertThat(run.source().parameters())
          .isEqualTo((long) golden.scalar("parameters_uncompressed"));
    }
  }
}
