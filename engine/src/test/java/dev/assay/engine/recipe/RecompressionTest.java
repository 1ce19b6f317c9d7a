package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.packed.PackedTwin;
import dev.assay.engine.checkpoint.packed.PackedTwin.Packing;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Models whose linears are packed already, compressed again: as dense ones of the same values. */
@Tag("slow")
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
  private static final Step CAST = new Step("cast", new CastParameters(DType.BFLOAT16));

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
        assertSame(step, linear, found, wanted);
      }
    }
  }

  /**
   * The dense twin's values are rounded to float16 first. Cast, they differ by one step of bfloat16
   * at most; pruned, by a few at the threshold; rounded, where they fall half-way between codes,
   * which those of the sixteen that NF4 has often do.
   */
  private static void assertSame(Step step, String linear, NDArray found, NDArray wanted) {
    if (step.equals(CAST)) {
      // And of what is smallest in float16 by one step of that.
      NDArray beyond = found.sub(wanted).abs().sub(wanted.abs().div(128)).max();
      assertThat(beyond.getFloat()).as(linear).isLessThanOrEqualTo(0x1p-24f);
    } else {
      assertThat(Agreement.of(found, wanted).equalFraction(2e-3))
          .as(linear)
          .isGreaterThanOrEqualTo(step.equals(PRUNE) ? 0.995 : 0.93);
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

  static Stream<Arguments> besides() {
    return Stream.of(
            Arguments.of("mixtral", ".*block_sparse_moe[.]gate"),
            Arguments.of("bert_seqcls", "bert[.]pooler[.]dense|classifier"),
            Arguments.of("bert", "cls[.]predictions[.]transform[.]dense"),
            Arguments.of("opt", ".*project_(in|out)"))
        .flatMap(
            family ->
                Stream.of(Packing.NF4, Packing.INT8, Packing.FP8, Packing.GPTQ)
                    .map(packing -> Arguments.of(family.get()[0], family.get()[1], packing)));
  }

  /** Some quantizers pack whatever is a linear, such as a router, a projection or a pooler. */
  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("besides")
  void linearsBesideTheLayers(String family, String pattern, Packing packing) {
    // In float32 a twin has the very values, so that tokens go to the same experts.
    PackedTwin twin = new PackedTwin(torch, model(family), DType.FLOAT32);
    SortedSet<String> modules = new TreeSet<>(twin.linears());
    for (String name : twin.model().checkpoint().names()) {
      String module = name.replaceFirst("[.][^.]+$", "");
      if (module.matches(pattern)) {
        modules.add(module);
      }
    }
    assertThat(modules).hasSizeGreaterThan(twin.linears().size());
    Checkpoint packed = twin.packed(packing, modules, directory.resolve("packed"));
    Checkpoint dense = twin.dense(packed, directory.resolve("dense"));
    assertThat(packed.packedLinears().keySet()).isEqualTo(modules);

    assertThat(new ModelTensors(packed, new Families().architecture(packed)).strays()).isEmpty();
    NDArray found = FamilyFixtures.outputs(torch, scope, twin.model(), packed);
    NDArray wanted = FamilyFixtures.outputs(torch, scope, twin.model(), dense);
    assertThat(found.toFloatArray()).isEqualTo(wanted.toFloatArray());
    for (Step step : List.of(ROUND, CAST)) {
      Checkpoint one = run(packed, List.of(step), "of-packed-" + step.stage());
      Checkpoint other = run(dense, List.of(step), "of-dense-" + step.stage());
      assertThat(one.names()).isEqualTo(other.names());
      assertThat(one.config()).isEqualTo(other.config());
      for (String name : one.names()) {
        assertThat(one.info(name).dtype()).as(name).isEqualTo(other.info(name).dtype());
        assertThat(one.info(name).shape()).as(name).isEqualTo(other.info(name).shape());
      }
      for (String module : modules) {
        NDArray values = one.linear(torch, scope, module).dequantize(torch, scope);
        NDArray same = other.linear(torch, scope, module).dequantize(torch, scope);
        assertThat(values.toFloatArray()).as(module).isEqualTo(same.toFloatArray());
      }
    }
  }

  /** A model of the room; that of OPT with an embedding of half the width, which is projected. */
  private ModelFixture model(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    if (!family.equals("opt")) {
      return fixture;
    }
    Checkpoint checkpoint =
        Variant.of(fixture.checkpoint())
            .config(config -> config.put("word_embed_proj_dim", 32))
            .tensor("model.decoder.embed_tokens.weight", drawn(320 * 32), 320, 32)
            .tensor("model.decoder.project_in.weight", drawn(64 * 32), 64, 32)
            .tensor("model.decoder.project_out.weight", drawn(64 * 32), 32, 64)
            .open(directory.resolve("projected"));
    return new ModelFixture(checkpoint, new Families().architecture(checkpoint), fixture.golden());
  }

  private static float[] drawn(int length) {
    Random random = new Random(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = Packing.class,
      names = {"NF4", "INT8", "GPTQ"})
  void aRouterOfAnotherShape(Packing packing) {
    ModelFixture fixture = ModelFixture.of("mixtral");
    String router = "model.layers.0.block_sparse_moe.gate";
    Checkpoint narrow =
        Variant.of(fixture.checkpoint())
            .tensor(router + ".weight", drawn(4 * 32), 4, 32)
            .open(directory.resolve("narrow"));
    Checkpoint packed =
        new PackedTwin(
                torch,
                new ModelFixture(narrow, fixture.architecture(), fixture.golden()),
                DType.FLOAT16)
            .packed(packing, new TreeSet<>(List.of(router)), directory.resolve("packed"));

    assertThatThrownBy(() -> FamilyFixtures.outputs(torch, scope, fixture, packed))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(
            router + ": found a weight of (4, 32), expected (4, 64) by config.json");
    assertThatThrownBy(() -> run(packed, List.of(ROUND), "rounded"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(router + ": found a weight of (4, 32)");
  }

  private Checkpoint run(Checkpoint source, List<Step> steps, String name) {
    Path target = directory.resolve(name);
    new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(source, steps, List.of(), target, (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }
}
