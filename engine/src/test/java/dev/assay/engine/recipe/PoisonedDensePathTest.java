package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.microscale.Mxfp4Parameters;
import dev.assay.engine.microscale.Nvfp4Parameters;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.quantize.W8A8Parameters;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.quantize.activation.LlmInt8Parameters;
import dev.assay.engine.quantize.activation.LlmInt8Parameters.OutlierWeights;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.SharedExponent;
import dev.assay.engine.weight.StoredWeight;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models of weights that refuse to be dequantised: a silent fallback fails. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class PoisonedDensePathTest extends TorchTest {
  private static final String POISON = "a packed weight was dequantised";

  /** What a kernel has no need of. */
  private static final Set<String> DENSE = Set.of("dequantize", "running");

  @TempDir Path directory;

  static Stream<Step> steps() {
    return Stream.of(
        new Step("rtn", new RtnParameters(2, 16, true, false)),
        new Step("rtn", new RtnParameters(3, 16, false, false)),
        new Step("rtn", new RtnParameters(4, 16, false, false)),
        new Step("rtn", new RtnParameters(8, -1, true, false)),
        new Step("mxfp4", new Mxfp4Parameters(SharedExponent.EVEN, false)),
        new Step("nvfp4", new Nvfp4Parameters(Nvfp4Weight.Rule.COMPRESSED_TENSORS, true, false)),
        new Step(
            "spqr", new SpqrParameters(4, 16, 3, 3, 16, 0.2, false, false, true, true, 1, 128)),
        new Step(
            "w8a8", new W8A8Parameters(Weights.CHANNEL, Activations.TOKEN, true, Rule.SMOOTHQUANT)),
        new Step("llm-int8", new LlmInt8Parameters(6, OutlierWeights.ROUNDED, false)),
        new Step("llm-int8", new LlmInt8Parameters(0.5, OutlierWeights.FULL, false)));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void modelsRunWithoutValues(Step step) {
    ModelFixture fixture = ModelFixture.of("llama");
    Path target = directory.resolve("artifact");
    List<long[]> samples = List.of(new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(step), samples, target, (stage, finished, layers) -> {});
    Checkpoint artifact = Checkpoint.open(target);
    ModelSpec architecture = new Families().architecture(artifact);
    ModelWeights poisoned = new Poisoned(new CheckpointWeights(torch, artifact, architecture));

    Execution packed = Execution.packed(torch.device(), DType.BFLOAT16);
    try (LanguageModel model = LanguageModel.load(torch, poisoned, packed)) {
      assertThat(model.simulated()).isFalse();
      // A grid's own kernel dequantises at each call, too; the head is dense.
      List<RunnableLinear> packedLinears =
          model.linears().stream().filter(each -> !each.kernel().equals("dense")).toList();
      assertThat(packedLinears)
          .hasSizeGreaterThanOrEqualTo(4 * architecture.stacks().get(0).depth());
      assertThat(packedLinears.stream().map(RunnableLinear::kernel)).doesNotContain("grid");
      NDArray logits = model.logits(scope, new long[][] {{3, 4, 5}});
      assertThat(torch.tensors().isFinite(logits)).isTrue();
    }
    assertThatThrownBy(
            () -> LanguageModel.load(torch, poisoned, Execution.reference(torch.device())))
        .hasStackTraceContaining(POISON);
  }

  private record Poisoned(ModelWeights inner) implements ModelWeights {
    @Override
    public ModelSpec spec() {
      return inner.spec();
    }

    @Override
    public LayerWeights layers(int stack) {
      return new PoisonedLayers(inner.layers(stack));
    }

    @Override
    public NDArray tensor(NDManager owner, String name, @Nullable Shape expected) {
      return inner.tensor(owner, name, expected);
    }

    @Override
    public StoredWeight linear(NDManager owner, String prefix) {
      return poisoned(inner.linear(owner, prefix));
    }

    @Override
    public Checkpoint checkpoint() {
      return inner.checkpoint();
    }
  }

  private record PoisonedLayers(LayerWeights inner) implements LayerWeights {
    @Override
    public Map<String, StoredWeight> linears(NDManager owner, int layer, List<Linear> wanted) {
      Map<String, StoredWeight> poisoned = new HashMap<>();
      inner
          .linears(owner, layer, wanted)
          .forEach((name, weight) -> poisoned.put(name, poisoned(weight)));
      return poisoned;
    }

    @Override
    public Optional<NDArray> bias(NDManager owner, int layer, Linear linear) {
      return inner.bias(owner, layer, linear);
    }

    @Override
    public @Nullable NDArray module(NDManager owner, int layer, LayerModule which) {
      return inner.module(owner, layer, which);
    }

    @Override
    public @Nullable NDArray moduleBias(NDManager owner, int layer, LayerModule which) {
      return inner.moduleBias(owner, layer, which);
    }

    @Override
    public Map<String, NDArray> values(NDManager owner, int layer) {
      throw new IllegalStateException(POISON);
    }
  }

  private static StoredWeight poisoned(StoredWeight weight) {
    if (weight.isDense()) {
      return weight;
    }
    return (StoredWeight)
        Proxy.newProxyInstance(
            StoredWeight.class.getClassLoader(),
            new Class<?>[] {StoredWeight.class},
            (proxy, method, arguments) -> {
              if (DENSE.contains(method.getName())) {
                throw new IllegalStateException(POISON);
              }
              try {
                return method.invoke(weight, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
