package dev.assay.harness.run.need;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.need.CellNeed.Known;
import dev.assay.harness.run.need.CellNeed.Unknown;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.SuiteLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeedEstimatorTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 1024, "intermediate_size": 4096,
       "num_hidden_layers": 10, "num_attention_heads": 8, "num_key_value_heads": 8,
       "vocab_size": 2000, "max_position_embeddings": 256, "torch_dtype": "float16",
       "tie_word_embeddings": false}
      """;

  private static final long SQUARE = 1024 * 1024;
  private static final long LAYER = 4 * SQUARE + 3 * 4 * SQUARE;
  private static final long TABLES = 2 * 2000 * 1024;
  private static final long NORMS = (2 * 10 + 1) * 1024;

  @TempDir Path directory;

  private final StageRegistry stages = StageRegistry.load();
  private TestBench bench;

  @BeforeEach
  void open() throws IOException {
    bench = new TestBench(directory);
  }

  private CellSpec synthetic(String config, String recipe) throws IOException {
    return synthetic(config, recipe, recipe);
  }

  private CellSpec synthetic(String config, String recipe, String name) throws IOException {
    Path file = Files.writeString(directory.resolve("model.json"), config);
    Path suite =
        Files.writeString(
            bench.file("needs"),
            """
            name: needs
            summary: a test
            models:
              - {name: made, synthetic: {config: '%s', seed: 3}}
            recipes: [%s]
            baseline: %s
            calibration: {samples: 4, length: 64}
            measures: {memory: false, roofline: false, energy: false}
            """
                .formatted(file, recipe, name));
    return load(suite).get(0);
  }

  private List<CellSpec> load(Path suite) {
    return new SuiteLoader(
            stages,
            DatasetRegistry.fromEnvironment(List.of()),
            Path.of(System.getProperty("assay.root", "..")))
        .load(suite)
        .cells();
  }

  private CellNeed need(CellSpec cell) {
    return new NeedEstimator(stages).of(cell, false, false);
  }

  private Known known(String recipe) throws IOException {
    return (Known) need(synthetic(CONFIG, recipe));
  }

  @Test
  void aLayerAndCopiesOfItsLargestLinearWithoutCalibration() throws IOException {
    Known need = known("rtn-w4-g128");

    assertThat(need.memory().compression())
        .isEqualTo(NeedEstimator.PROCESS + 4 * (LAYER + 5 * 4 * SQUARE));
    assertThat(need.memory().quality()).as("synthetic").isZero();
  }

  @Test
  void gptqAlsoHoldsHessiansAndActivations() throws IOException {
    long tokens = 4 * 64;
    // In and out of q, k, v and o, of gate and up, and of down; then the scores of 8 heads.
    long forward = tokens * (4 * 2 * 1024 + 3 * (1024 + 4096) + 8 * 64);
    // Three groups of 1024 inputs and one of 4096; of the largest its factor and one on the way.
    long hessians = 3 * SQUARE + 16 * SQUARE;
    long pass = 2 * LAYER + 2 * forward + hessians;
    long rounding = LAYER + 5 * 4 * SQUARE + hessians + 2 * 16 * SQUARE;
    assertThat(rounding).isGreaterThan(pass);

    assertThat(known("gptq-w4-g128").memory().compression())
        .isEqualTo(NeedEstimator.PROCESS + NeedEstimator.KEPT + 4 * (tokens * 1024 + rounding));
  }

  /** Six layers in training beside the one as it is, and the samples in three forms. */
  @Test
  void trainingALayerWithItsGridsHoldsItSeveralTimes() throws IOException {
    long tokens = 4 * 64;
    Path recipe =
        Files.writeString(
            directory.resolve("block.yaml"),
            "name: block\nsummary: a test\nstages: [{block-qat: {bits: 2}}]\n");

    Known need = (Known) need(synthetic(CONFIG, recipe.toString(), "block"));
    assertThat(need.memory().compression())
        .isEqualTo(
            NeedEstimator.PROCESS
                + NeedEstimator.KEPT
                + 4 * (3 * tokens * 1024 + 7 * LAYER + 5 * 4 * SQUARE));
  }

  /** It is gone before the student is there, and is run over one sequence at a time. */
  @Test
  void aTeacherWhoseOutputsAreKeptIsNotHeldBesideTheStudent() throws IOException {
    ModelShape shape = ModelShape.of(synthetic(CONFIG, "rtn-w4-g128"));
    long vocabulary = shape.architecture().spec().vocabularySize();
    long parameters = 10 * LAYER + TABLES + NORMS;
    long length = 64;
    long alone =
        TrainingNeed.numbers(shape, new TrainingExtent(4, length, 1, 2, -1, false, 0, 0, false));
    long along =
        TrainingNeed.numbers(shape, new TrainingExtent(4, length, 1, 2, -1, false, 1, 0, false));
    long kept =
        TrainingNeed.numbers(shape, new TrainingExtent(4, length, 1, 2, -1, false, 1, 0, true));
    assertThat(along - alone).isEqualTo(parameters + 2 * 4 * length * vocabulary);
    assertThat(kept).isEqualTo(alone);

    long huge = 1L << 40;
    long layer = length * (2 * shape.tokenWidth() + shape.heads() * length);
    assertThat(
            TrainingNeed.numbers(
                shape, new TrainingExtent(4, length, 1, 2, -1, false, 0, huge, true)))
        .isEqualTo(huge + layer + 2 * length * vocabulary);
  }

  @Test
  void diskHoldsTheModelAndTheArtifactTwice() throws IOException {
    DiskNeed disk = known("rtn-w4-g128").disk();

    assertThat(disk.model()).isEqualTo(2 * (10 * LAYER + TABLES + NORMS));
    long codes = 10 * LAYER / 2;
    long scalesAndZeros = 10 * LAYER / 128 * 20 / 8;
    assertThat(disk.artifact()).isEqualTo(codes + scalesAndZeros + 2 * (TABLES + NORMS));
    // Its tensors once more while they are put in order, and before that its codes a byte each.
    assertThat(disk.passing()).isEqualTo(disk.artifact() + 10 * LAYER);
    assertThat(disk.peak()).isEqualTo(disk.model() + 2 * disk.artifact() + 10 * LAYER);
  }

  @Test
  void nothingIsMadeTwice() throws IOException {
    Known need =
        (Known) new NeedEstimator(stages).of(synthetic(CONFIG, "gptq-w4-g128"), true, true);

    assertThat(need.disk()).isEqualTo(new DiskNeed(0, 0, 0));
    assertThat(need.memory().compression()).isZero();
    assertThat(need.memory().phase()).isEqualTo("execution");
  }

  @Test
  void qualityHoldsTheModelInFloat32() throws IOException {
    Path suite = bench.suite("real", List.of(TestBench.model("ref-22m")), List.of("fp32"));
    Known need = (Known) new NeedEstimator(stages).of(load(suite).get(0), true, true);

    assertThat(need.memory().quality() - NeedEstimator.PROCESS)
        .as("4 bytes for each of 22 million parameters, and some for a window")
        .isBetween(4 * 20_000_000L, 4 * 30_000_000L);
    assertThat(need.disk().peak()).isZero();
  }

  /** A file of GGUF runs in its blocks, and needs no memory for all of their values. */
  @Test
  void whatIsPackedStaysPacked() throws IOException {
    long packed = execution(gguf("q8_0"));
    long halves = execution(gguf("f16"));

    Checkpoint checkpoint = Checkpoint.open(gguf("f16"));
    long matrices =
        checkpoint.names().stream()
            .map(checkpoint::info)
            .filter(tensor -> tensor.shape().dimension() == 2)
            .mapToLong(TensorInfo::elements)
            .sum();
    // 34 bytes for each 32 weights instead of 128.
    assertThat(halves - packed).isEqualTo(matrices / 32 * 94);
  }

  private Path gguf(String type) {
    Path file = directory.resolve(type + ".gguf");
    if (!Files.exists(file)) {
      try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
        new ExportFormats()
            .of("gguf-" + type)
            .export(torch, Checkpoint.open(TestBench.model("ref-7m")), file, 1);
      }
    }
    return file;
  }

  private long execution(Path model) throws IOException {
    Path suite = bench.suite("real", List.of(model), List.of("fp32"));
    return ((Known) new NeedEstimator(stages).of(load(suite).get(0), true, true))
        .memory()
        .execution();
  }

  @Test
  void anUnknownFamilySaysSo() throws IOException {
    CellNeed need = need(synthetic(CONFIG.replace("llama", "unheard"), "fp32"));

    assertThat(need).isInstanceOf(Unknown.class);
    assertThat(((Unknown) need).reason()).contains("model.json", "model_type: found 'unheard'");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0 kB",
    "999, 1.0 kB",
    "12345, 12 kB",
    "940000000, 940 MB",
    "1234000000, 1.2 GB",
    "140000000000, 140 GB"
  })
  void bytesReadWell(long bytes, String text) {
    assertThat(ByteCount.of(bytes)).isEqualTo(text);
  }
}
