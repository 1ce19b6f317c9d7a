package dev.assay.engine.export;

import static dev.assay.engine.torch.DType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.MainType;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.slice.SliceGptParameters;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive is a model by itself: it gives the logits that the checkpoint gives here. */
class TorchScriptExportTest extends TorchTest {
  private static final long[][] IDS = {{3, 9, 4, 7, 12, 5, 8, 6}, {2, 11, 5, 9, 3, 4, 10, 7}};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "qwen2",
        "phi3_longrope",
        "mixtral",
        "gpt2",
        "gptj",
        "gpt_neox",
        "bloom",
        "opt"
      })
  void givesTheLogitsOfTheCheckpoint(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Path file = directory.resolve(family + ".pt");

    Exported exported = export(fixture.checkpoint(), file);

    assertThat(exported.bytes()).isEqualTo(Files.size(file));
    NDArray here = here(fixture.checkpoint());
    NDArray off = logits(file).sub(here);
    boolean exact = MainType.of(fixture.checkpoint(), fixture.architecture().main()) == FLOAT32;
    assertThat(off.norm().getFloat() / here.norm().getFloat())
        .isLessThanOrEqualTo(exact ? 0f : 2e-2f);
  }

  @Test
  void givesWhatAnEncoderAndDecoderGive() throws IOException {
    ModelFixture fixture = ModelFixture.of("t5");
    Path file = directory.resolve("t5.pt");

    export(fixture.checkpoint(), file);

    NDArray ids = ids();
    NDArray found = call(file, ids, ids, scope.create(new long[0]));
    assertThat(found.getShape())
        .isEqualTo(new Shape(2, 8, fixture.architecture().spec().vocabularySize()));
  }

  @Test
  void fillsGaps() throws IOException {
    ModelFixture fixture = ModelFixture.of("bert");
    Path file = directory.resolve("bert.pt");

    export(fixture.checkpoint(), file);

    NDArray none = scope.create(new long[0]);
    NDArray found = call(file, ids(), none, none);
    assertThat(found.getShape().get(0)).isEqualTo(2);
    assertThat(found.isNaN().any().getBoolean()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void quantizedWeightsStayPacked(int bits) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Path artifact = directory.resolve("artifact" + bits);
    StageRegistry registry = StageRegistry.load();
    Step step = new Step("rtn", new RtnParameters(bits, 16, false, false));
    new Pipeline(torch, fixture.architecture(), registry)
        .run(fixture.checkpoint(), List.of(step), List.of(), artifact, (s, f, l) -> {});
    Checkpoint checkpoint = Checkpoint.open(artifact);
    Path file = directory.resolve(bits + ".pt");
    Path dense = directory.resolve("dense.pt");

    export(checkpoint, file);
    export(fixture.checkpoint(), dense);

    NDArray here = here(checkpoint);
    assertThat(logits(file).sub(here).norm().getFloat() / here.norm().getFloat()).isLessThan(1e-5f);
    assertThat(Files.size(file)).isLessThan(Files.size(dense));
  }

  /** Smaller than its values in 16 bits alone would be; and the same to rounding in that type. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bitsandbytes/nf4",
        "bitsandbytes/nf4_dq",
        "bitsandbytes/fp4",
        "bitsandbytes/int8",
        "compressed-tensors/fp8_channel_dynamic",
        "compressed-tensors/fp8_tensor_static",
        "compressed-tensors/fp8_block_dynamic_group",
        "compressed-tensors/mxfp4a16",
        "compressed-tensors/mxfp8a16",
        "compressed-tensors/nvfp4",
        "fp8/block32x32",
        "bitnet/packed_llama"
      })
  void otherFormsStayPacked(String artifact) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(Goldens.room("artifacts").resolve(artifact));
    Path file = directory.resolve("packed.pt");
    Path plain = directory.resolve("plain");
    new ExportFormats().of("safetensors").export(torch, checkpoint, plain, 1L << 30);

    Exported exported = export(checkpoint, file);

    assertThat(exported.notes()).noneMatch(note -> note.contains("value by value"));
    NDArray here = here(checkpoint);
    assertThat(logits(file).sub(here).norm().getFloat() / here.norm().getFloat())
        // Rounded inputs tip over between the archive's bfloat16 and float32.
        .isLessThan(artifact.matches(".*(fp8_|nvfp4).*") ? 0.3f : 2e-2f);
    Path dense = directory.resolve("dense.pt");
    export(Checkpoint.open(plain), dense);
    assertThat(Files.size(file)).isLessThan(Files.size(dense));
  }

  /** Its matrices past attention and feed-forward go along. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral", "gptj"})
  void aSlicedModelGoesAlong(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Path artifact = directory.resolve("sliced");
    Step step = new Step("slicegpt", new SliceGptParameters(0.75, 8));
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(step), List.of(IDS), artifact, (s, f, l) -> {});
    Checkpoint checkpoint = Checkpoint.open(artifact);
    Path file = directory.resolve("sliced.pt");

    export(checkpoint, file);

    NDArray here = here(checkpoint);
    assertThat(logits(file).sub(here).norm().getFloat() / here.norm().getFloat()).isLessThan(1e-5f);
    assertThatThrownBy(
            () ->
                new ExportFormats()
                    .of("gguf")
                    .export(torch, checkpoint, directory.resolve("sliced.gguf"), 1L << 30))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("sliced], expected nothing for gguf");
  }

  @Test
  void blocksOfGgufStayPacked() throws IOException {
    Path model = Goldens.room("artifacts").resolve("gguf/llama_Q4_K_M/model.gguf");
    Checkpoint checkpoint = Checkpoint.open(model);
    Path file = directory.resolve("blocks.pt");

    export(checkpoint, file);

    NDArray here = here(checkpoint);
    assertThat(logits(file).sub(here).norm().getFloat() / here.norm().getFloat()).isLessThan(2e-2f);
    // Less than a byte a weight, positions and scripts among it; by value it would be two.
    assertThat(Files.size(file)).isLessThan(checkpoint.parameters());
  }

  @Test
  void theSameCheckpointGivesTheSameBytes() throws IOException {
    Checkpoint checkpoint = ModelFixture.of("llama").checkpoint();
    export(checkpoint, directory.resolve("a.pt"));
    export(checkpoint, directory.resolve("b.pt"));

    assertThat(directory.resolve("a.pt")).hasSameBinaryContentAs(directory.resolve("b.pt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "bloom"})
  void goesOnAsTheModelDoes(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Path file = directory.resolve("generating.pt");
    export(fixture.checkpoint(), file);

    NDArray found = call(file, "generate", IValue.from((PtNDArray) ids()), IValue.from(6L));

    try (LanguageModel model =
            LanguageModel.load(
                torch,
                fixture.checkpoint(),
                fixture.architecture(),
                Execution.reference(torch.device()));
        KvCache cache = model.newCache(IDS.length, 14)) {
      NDArray next = ids();
      for (int token = 0; token < 6; token++) {
        next = model.nextToken(scope, next, cache);
        assertThat(found.get(":, " + (8 + token)).toLongArray()).isEqualTo(next.toLongArray());
      }
    }
  }

  private Exported export(Checkpoint checkpoint, Path file) {
    return new ExportFormats().of("torchscript").export(torch, checkpoint, file, 1);
  }

  private NDArray here(Checkpoint checkpoint) {
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()))) {
      return model.logits(scope, IDS);
    }
  }

  private NDArray logits(Path file) throws IOException {
    return torch.tensors().cast(scope, call(file, ids()), FLOAT32);
  }

  /** Loads the archive as any program does that has libtorch, and calls it. */
  private NDArray call(Path file, NDArray... arguments) throws IOException {
    return call(
        file,
        "forward",
        Arrays.stream(arguments).map(each -> IValue.from((PtNDArray) each)).toArray(IValue[]::new));
  }

  private NDArray call(Path file, String method, IValue... values) throws IOException {
    PtNDManager manager = (PtNDManager) scope;
    try (InputStream in = Files.newInputStream(file)) {
      PtSymbolBlock module = JniUtils.loadModule(manager, in, false, false);
      try (IValue result = IValueUtils.runMethod(module, method, values)) {
        return result.toTensor(manager);
      } finally {
        Arrays.stream(values).forEach(IValue::close);
        module.close();
      }
    }
  }

  private NDArray ids() {
    return scope.create(
        LongStream.concat(Arrays.stream(IDS[0]), Arrays.stream(IDS[1])).toArray(),
        new Shape(IDS.length, IDS[0].length));
  }
}
