package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.PackedTwin;
import dev.assay.engine.checkpoint.PackedTwin.Packing;
import dev.assay.engine.checkpoint.QuantizationConfig.Format;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Models whose linears are packed already, compressed again: as dense ones of the same values. */
class RecompressionTest extends TorchTest {
  @TempDir Path directory;

  static Stream<Arguments> cases() {
    return Stream.of("llama", "qwen2", "opt", "mixtral", "phi3")
        .flatMap(
            family -> Stream.of(Packing.values()).map(packing -> Arguments.of(family, packing)));
  }

  private static final Step ROUND = new Step("rtn", new RtnParameters(4, 32, false, false));
  private static final Step PRUNE =
      new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.5")));
  private static final Step CAST = new Step("cast", new CastParameters(Dtype.BFLOAT16));

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void asADenseOne(String family, Packing packing) {
    PackedTwin twin = new PackedTwin(torch, family, DType.FLOAT16);
    Checkpoint packed = twin.packed(packing, twin.linears(), directory.resolve("packed"));
    Checkpoint dense = twin.dense(packed, directory.resolve("dense"));
    assertThat(packed.packedLinears()).hasSameSizeAs(twin.linears());

    for (Step step : List.of(ROUND, PRUNE, CAST)) {
      Checkpoint one = run(packed, List.of(step), "of-packed-" + step.stage());
      Checkpoint other = run(dense, List.of(step), "of-dense-" + step.stage());

      assertThat(one.names()).isEqualTo(other.names());
      for (String name : one.names()) {
        assertThat(one.info(name).dtype()).as(name).isEqualTo(other.info(name).dtype());
        assertThat(one.info(name).shape()).as(name).isEqualTo(other.info(name).shape());
      }
      assertThat(one.config()).isEqualTo(other.config());
      assertThat(one.fileBytes()).isEqualTo(other.fileBytes());
      assertThat(one.parameters()).isEqualTo(dense.parameters());
      for (String linear : twin.linears()) {
        NDArray found = one.linear(torch, scope, linear).dequantize(torch, scope);
        NDArray wanted = other.linear(torch, scope, linear).dequantize(torch, scope);
        assertThat(Agreement.of(found, wanted).equalFraction(2e-3)).as(linear).isGreaterThan(0.9);
      }
    }
  }

  /** Those have no place in the first version of GPTQ's format if a zero is 0. */
  private static final List<Packing> ASYMMETRIC = List.of(Packing.GPTQ_ASYMMETRIC, Packing.AWQ);

  /** The head stays packed where the new configuration can say so; else both are dense. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "llama, GPTQ, true",
    "llama, GPTQ_ASYMMETRIC, true",
    "llama, AWQ, true",
    "llama, COMPRESSED_TENSORS, true",
    "llama, NF4, false",
    "llama, INT8, true",
    "mixtral, GPTQ, true",
    "gpt_neox, GPTQ_ASYMMETRIC, true",
  })
  void headAndEmbedding(String family, Packing packing, boolean stays) {
    PackedTwin twin = new PackedTwin(torch, family, DType.FLOAT16);
    String head = twin.model().architecture().names().head();
    String embedding = twin.model().architecture().names().embedding();
    SortedSet<String> modules = new TreeSet<>(twin.linears());
    modules.add(head);
    modules.add(embedding);
    Checkpoint source = twin.packed(packing, modules, directory.resolve("packed"));
    RtnParameters symmetric = new RtnParameters(4, 16, true, false);
    RtnParameters asymmetric = new RtnParameters(3, -1, false, false);
    List<Step> steps =
        List.of(PRUNE, CAST, new Step("rtn", asymmetric), new Step("rtn", symmetric));
    for (int i = 0; i < steps.size(); i++) {
      Checkpoint artifact = run(source, List.of(steps.get(i)), "artifact-" + i);

      for (String module : List.of(head, embedding)) {
        NDArray found = artifact.linear(torch, scope, module).dequantize(torch, scope);
        NDArray wanted = source.linear(torch, scope, module).dequantize(torch, scope);
        double rounding = steps.get(i).equals(CAST) ? 1.0 / 128 : 1.0 / 1024;
        assertThat(Agreement.of(found, wanted).equalFractionRelative(rounding)).isEqualTo(1);
        boolean zeroAtZero = i == 3 && ASYMMETRIC.contains(packing);
        if (!zeroAtZero) {
          assertThat(artifact.isPacked(module))
              .as("%s after %s", module, steps.get(i))
              .isEqualTo(stays && i >= 2 && module.equals(head));
        }
      }
      assertThat(artifact.quantization().isPresent()).isEqualTo(i >= 2);
      assertThat(new ModelTensors(artifact, new Families().architecture(artifact)).strays())
          .isEmpty();
      NDArray outputs = FamilyFixtures.outputs(torch, scope, twin.model(), artifact);
      assertThat(torch.tensors().isFinite(outputs)).isTrue();
    }
    assertThat(run(source, List.of(steps.get(2)), "again").quantization().orElseThrow().format())
        .isEqualTo(Format.GPTQ_V2);
  }

  private Checkpoint run(Checkpoint source, List<Step> steps, String name) {
    Path target = directory.resolve(name);
    new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(source, steps, List.of(), target, (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }
}
