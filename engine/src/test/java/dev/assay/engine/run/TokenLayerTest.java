package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseKernel;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.engine.weight.sparse.BitmaskKernel;
import dev.assay.engine.weight.sparse.CsrLinear;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers that one op runs for a token, in models; that it is its parts the driver in C finds. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class TokenLayerTest extends TorchTest {
  private static final int PROMPT = 5;

  @TempDir Path directory;

  /**
   * A token alone sees the same as it does among others, of one sequence and of two; behind a
   * window, too.
   */
  @ParameterizedTest
  @CsvSource({
    "llama, 4, NATIVE, true",
    "llama, 4, INT8, true",
    "llama, 16, NATIVE, true",
    "mistral, 4, NATIVE, true",
    // A bias beside the queries, and layers of other kinds, are left to their parts.
    "qwen2, 4, NATIVE, false",
    "qwen2, 16, NATIVE, false",
    "gpt2, 4, NATIVE, false"
  })
  void tokensOneByOneAreThoseAtOnce(String family, int bits, KernelInputs inputs, boolean whole) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = bits == 16 ? fixture.checkpoint() : made(fixture, rtn(bits, 16));
    assertTokens(fixture, artifact, inputs, whole);
  }

  /**
   * The same of two factors, of which linears of one input have each their own of ranks of their
   * own, of codes for them, and of weights without their zeros.
   */
  @ParameterizedTest
  @CsvSource({
    "llama, svd",
    "mistral, svd",
    "llama, rounded factors",
    "llama, sparse",
    "llama, sparser",
    "qwen2, svd"
  })
  void smallerLinearsToo(String family, String kind) {
    ModelFixture fixture = ModelFixture.of(family);
    Step svd = new Step("svd", new SvdParameters(0.5));
    Checkpoint artifact =
        switch (kind) {
          case "svd" -> made(fixture, svd);
          case "rounded factors" -> made(fixture, svd, rtn(5, GridForm.PER_CHANNEL));
          default ->
              made(
                  fixture,
                  new Step(
                      "magnitude",
                      new MagnitudeParameters(
                          Sparsity.parse(kind.equals("sparse") ? "0.6" : "0.91"))),
                  new Step("cast", new CastParameters(DType.BFLOAT16)),
                  new Step("sparse", new SparseParameters(SparseParameters.Form.BITMASK)));
        };
    // What is left out of a model that was not trained is most of it, and so its logits are nearer
    // to each other.
    assertTokens(fixture, artifact, KernelInputs.NATIVE, !family.equals("qwen2"));
  }

  private void assertTokens(
      ModelFixture fixture, Checkpoint artifact, KernelInputs inputs, boolean whole) {
    Execution execution =
        Execution.packed(torch.device(), DType.BFLOAT16, inputs)
            .with(
                new KernelChoices(
                    new TreeMap<>(),
                    new TreeMap<>(
                        Map.of(
                            "bfloat16",
                            DenseKernel.ROWS,
                            BitmaskKernel.key(DType.BFLOAT16),
                            BitmaskKernel.NAME,
                            CsrLinear.key(DType.BFLOAT16),
                            CsrLinear.NAME))));
    long[] ids = fixture.ids(scope, "input_ids")[0];
    long[][] both = {ids, ids.clone()};
    both[1][0] = ids[1];
    try (LanguageModel model =
        LanguageModel.load(torch, artifact, new Families().architecture(artifact), execution)) {
      assertThat(model.layersInOne())
          .isEqualTo(whole ? model.architecture().stacks().get(0).depth() : 0);
      assertThat(torch.tensors().isFinite(model.logits(scope, new long[][] {{ids[0]}}))).isTrue();
      for (long[][] sequences : List.of(new long[][] {ids}, both)) {
        NDArray atOnce = model.logits(scope, sequences);
        try (KvCache cache = model.newCache(sequences.length, ids.length)) {
          model.logits(scope, columns(sequences, 0, PROMPT), cache);
          for (int token = PROMPT; token < ids.length; token++) {
            NDArray alone = model.logits(scope, columns(sequences, token, token + 1), cache);
            NDArray among = atOnce.get(":, " + token + ":" + (token + 1));
            double spread = among.sub(among.mean()).square().mean().sqrt().getFloat();
            double off = alone.sub(among).square().mean().sqrt().getFloat();
            assertThat(off / spread).as("token " + token).isLessThan(0.05);
          }
        }
      }
    }
  }

  private static Step rtn(int bits, int group) {
    return new Step("rtn", new RtnParameters(bits, group, false, false));
  }

  private Checkpoint made(ModelFixture fixture, Step... steps) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(steps),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }

  private static long[][] columns(long[][] ids, int from, int to) {
    long[][] some = new long[ids.length][];
    for (int i = 0; i < ids.length; i++) {
      some[i] = Arrays.copyOfRange(ids[i], from, to);
    }
    return some;
  }
}
