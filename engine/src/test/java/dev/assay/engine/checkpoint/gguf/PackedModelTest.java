package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.run.KernelCheck;
import dev.assay.engine.run.KernelUse;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.CpuKernels;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.Int4Layout;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.ggml.GgmlBlockWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of GGUF files as they run: in the memory of their blocks. */
class PackedModelTest extends TorchTest {
  @TempDir Path directory;

  private static Path file(String artifact) {
    return Goldens.room("artifacts").resolve("gguf").resolve(artifact).resolve("model.gguf");
  }

  private static long bytes(Collection<NDArray> tensors) {
    return tensors.stream()
        .mapToLong(tensor -> tensor.getShape().size() * tensor.getDataType().getNumOfBytes())
        .sum();
  }

  /** Every weight in blocks that is read, the table of token vectors among them. */
  private Map<String, GgmlBlockWeight> blocks(Checkpoint checkpoint, NDManager owner) {
    Map<String, GgmlBlockWeight> blocks = new TreeMap<>();
    for (String name : checkpoint.names()) {
      if (name.endsWith(".weight") && checkpoint.info(name).shape().dimension() == 2) {
        String prefix = name.substring(0, name.length() - ".weight".length());
        if (checkpoint.linear(torch, owner, prefix) instanceof GgmlBlockWeight weight) {
          blocks.put(prefix, weight);
        }
      }
    }
    return blocks;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama_Q2_K",
        "llama_Q3_K_M",
        "llama_Q4_1",
        "llama_Q4_K_M",
        "llama_Q5_1",
        "llama_Q5_K_M",
        "llama_IQ4_NL",
        "llama_TQ2_0",
        "mixtral_MXFP4_MOE"
      })
  void heldBytesAreThoseOfTheBlocks(String artifact) {
    Checkpoint checkpoint = Checkpoint.open(file(artifact));
    Execution execution = Execution.packed(torch.device(), DType.BFLOAT16);
    KernelRuntime runtime =
        new KernelRuntime(torch, execution, new CpuKernels(new Int4Layout(0), true, false, false));
    Map<String, GgmlBlockWeight> blocks = blocks(checkpoint, scope);

    assertThat(blocks).isNotEmpty();
    long linears = 0;
    for (Map.Entry<String, GgmlBlockWeight> entry : blocks.entrySet()) {
      GgmlBlockWeight weight = entry.getValue();
      long stored = checkpoint.info(entry.getKey() + ".weight").bytes();
      assertThat(weight.storedBytes()).as(entry.getKey()).isEqualTo(stored);
      RunnableLinear running = weight.running(scope, runtime).orElseThrow();
      assertThat(bytes(running.module().tensors().values())).as(entry.getKey()).isEqualTo(stored);
      assertThat(running.bytes()).as(entry.getKey()).isEqualTo(stored);
      assertThat(bytes(weight.table(scope, runtime).orElseThrow().module().tensors().values()))
          .as(entry.getKey())
          .isEqualTo(stored);
      linears += entry.getKey().endsWith("embed_tokens") ? 0 : stored;
    }
    try (LanguageModel model = model(checkpoint, execution)) {
      assertThat(model.simulated()).isFalse();
      assertThat(
              model.linears().stream()
                  .filter(linear -> linear.kernel().equals("ggml-blocks"))
                  .mapToLong(RunnableLinear::bytes)
                  .sum())
          .isEqualTo(linears);
    }
  }

  /** Nothing is widened: the model holds less than its values in 16 bits would take. */
  @Test
  void modelIsSmallerThanItsValues() {
    Checkpoint checkpoint = Checkpoint.open(file("llama_Q4_K_M"));

    try (LanguageModel model =
        model(checkpoint, Execution.packed(torch.device(), DType.BFLOAT16))) {
      // Besides blocks there are norms in float32.
      assertThat(model.weightBytes())
          .isBetween(checkpoint.weightBytes() / 2, checkpoint.weightBytes() * 11 / 10)
          .isLessThan(checkpoint.parameters() * DType.BFLOAT16.bytes() / 2);
    }
  }

  @Test
  void productsAreThoseOfTheValues() {
    Checkpoint checkpoint = Checkpoint.open(file("llama_Q4_K_M"));
    CheckpointWeights weights =
        new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint));

    List<KernelUse> uses =
        new KernelCheck(torch, weights, Execution.packed(torch.device(), DType.FLOAT32)).uses();

    assertThat(uses).extracting(KernelUse::kernel).containsOnly("ggml-blocks", "ggml-rows");
    assertThat(uses)
        .extracting(KernelUse::form)
        .contains("Q4_K blocks, dequantised at each call", "Q6_K blocks, dequantised at each call");
    assertThat(uses).allMatch(use -> use.largestDifference() < 1e-5);
  }

  /** Written again without rounding, every tensor has the bytes that it had. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2_Q8_0",
        "llama_Q2_K",
        "llama_Q3_K_M",
        "llama_Q4_0",
        "llama_Q4_1",
        "llama_Q4_K_M",
        "llama_Q5_0",
        "llama_Q5_1",
        "llama_IQ4_NL",
        "llama_TQ2_0",
        "phi3_Q8_0"
      })
  void writtenAgainBlocksAreTheSame(String artifact) throws IOException {
    Path target = directory.resolve("again.gguf");

    new ExportFormats().of("gguf").export(torch, Checkpoint.open(file(artifact)), target, 1);

    GgufFile before = GgufFile.read(file(artifact));
    GgufFile after = GgufFile.read(target);
    assertThat(after.tensors())
        .extracting(GgufTensor::name)
        .containsExactlyInAnyOrderElementsOf(
            before.tensors().stream().map(GgufTensor::name).toList());
    for (GgufTensor tensor : before.tensors()) {
      GgufTensor again = after.tensor(tensor.name()).orElseThrow();
      assertThat(again.type()).as(tensor.name()).isEqualTo(tensor.type());
      assertThat(content(target, again))
          .as(tensor.name())
          .isEqualTo(content(file(artifact), tensor));
    }
  }

  /** In other checkpoints they stand by value, and the values are the same. */
  @Test
  void writtenAsSafetensorsBlocksAreValues() {
    Checkpoint source = Checkpoint.open(file("llama_Q4_K_M"));
    Path target = directory.resolve("plain");

    new ExportFormats().of("safetensors").export(torch, source, target, 1L << 30);

    Checkpoint plain = Checkpoint.open(target);
    for (Map.Entry<String, GgmlBlockWeight> entry : blocks(source, scope).entrySet()) {
      StoredWeight written = plain.linear(torch, scope, entry.getKey());
      assertThat(written.dequantize(torch, scope).toFloatArray())
          .as(entry.getKey())
          .isEqualTo(entry.getValue().dequantize(torch, scope).toFloatArray());
    }
  }

  private static byte[] content(Path file, GgufTensor tensor) throws IOException {
    return Arrays.copyOfRange(Files.readAllBytes(file), (int) tensor.begin(), (int) tensor.end());
  }

  private LanguageModel model(Checkpoint checkpoint, Execution execution) {
    return LanguageModel.load(
        torch, checkpoint, new Families().architecture(checkpoint), execution);
  }
}
