package dev.assay.engine.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.learned.BlockQatParameters;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.synthetic.SyntheticCheckpoint;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Compresses a synthetic checkpoint and writes, layer by layer, what memory that took. To be run in
 * a process with a small heap and {@code MALLOC_MMAP_THRESHOLD_=131072}, so that freed memory goes
 * back at once.
 *
 * <p>Arguments: a scratch directory, {@code rtn}, {@code gptq} or {@code block-qat}, the file for
 * the figures, and of the model hidden size, intermediate size, layers and vocabulary; last,
 * optionally, the number of layers after which to break off. The checkpoint is made if it is not
 * there.
 */
public final class MemoryBench {
  static final String HEADER = "layer,seconds,rss_anon,peak_rss_anon,vm_hwm";
  static final int SAMPLES = 8;
  static final int LENGTH = 128;

  private MemoryBench() {}

  /** Ends a walk that is not to go to the end. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  public static void main(String[] arguments) throws IOException {
    Path scratch = Path.of(arguments[0]);
    Step step = step(arguments[1]);
    int[] shape = IntStream.range(3, 7).map(index -> Integer.parseInt(arguments[index])).toArray();
    int most = arguments.length > 7 ? Integer.parseInt(arguments[7]) : Integer.MAX_VALUE;
    Path model = scratch.resolve("model-" + shape[0] + "-" + shape[1] + "-" + shape[2]);
    if (!Files.exists(model)) {
      SyntheticCheckpoint.write(config(shape), DType.FLOAT16, 1, model, (written, all) -> {});
    }
    Path target = scratch.resolve("made-by-" + arguments[1]);
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1);
        PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[2])), true)) {
      run(torch, Checkpoint.open(model), step, target, out, most);
    }
  }

  private static void run(
      TorchSession torch, Checkpoint source, Step step, Path target, PrintWriter out, int most) {
    ModelSpec architecture = new Families().architecture(source);
    List<long[]> ids = ids(architecture.spec().vocabularySize());
    // Compiles scripts and touches libtorch before the base is taken.
    torch.tensors();
    long base = ProcessMemory.now().anonymous();
    out.println("# checkpoint_bytes=" + source.weightBytes());
    out.println("# layer_bytes=" + layerBytes(architecture));
    out.println("# activation_bytes=" + activationBytes(architecture));
    out.println("# base_rss_anon=" + base);
    out.println(HEADER);
    long start = System.nanoTime();
    try (PeakSampler sampler = new PeakSampler()) {
      new Pipeline(torch, architecture, StageRegistry.load())
          .run(
              source,
              List.of(step),
              ids,
              target,
              (stage, finished, layers) -> {
                row(out, String.valueOf(finished), start, sampler);
                if (finished >= most) {
                  throw new Enough();
                }
              });
      row(out, "written", start, sampler);
      Checkpoint.open(target).sha256();
      row(out, "hashed", start, sampler);
    } catch (Enough e) {
      out.println("# broken off after " + most + " layers");
    }
  }

  private static void row(PrintWriter out, String layer, long start, PeakSampler sampler) {
    ProcessMemory memory = ProcessMemory.now();
    out.printf(
        "%s,%.1f,%d,%d,%d%n",
        layer,
        (System.nanoTime() - start) / 1e9,
        memory.anonymous(),
        sampler.take(),
        memory.highWater());
  }

  private static Step step(String method) {
    return switch (method) {
      case "rtn" -> new Step("rtn", new RtnParameters(4, 128, false, false));
      case "gptq" ->
          new Step(
              "gptq", new GptqParameters(4, 128, false, false, false, false, 0.01, 128, false));
      case "block-qat" ->
          new Step("block-qat", new BlockQatParameters(4, 128, 1, 2, 1e-5, 1e-4, 0.05, 0, 0, 0));
      default ->
          throw new IllegalArgumentException(
              "found " + method + ", expected rtn, gptq or block-qat");
    };
  }

  /** Bytes in float32 of the linears of the largest layer. */
  static long layerBytes(ModelSpec architecture) {
    return architecture.stacks().stream()
        .mapToLong(
            stack ->
                stack
                    .layer(0)
                    .layout()
                    .parts()
                    .mapToLong(linear -> linear.outFeatures() * linear.inFeatures() * Float.BYTES)
                    .sum())
        .max()
        .orElseThrow();
  }

  /**
   * Bytes of what runs through a layer: the samples' hidden states, and of the one batch in work
   * the inputs and outputs of every linear and the scores of attention.
   */
  static long activationBytes(ModelSpec architecture) {
    StackSpec spec = architecture.spec();
    long tokens = (long) SAMPLES * LENGTH;
    long features =
        architecture
            .stacks()
            .get(0)
            .layer(0)
            .layout()
            .parts()
            .mapToLong(MemoryBench::features)
            .sum();
    return Float.BYTES
        * tokens
        * (spec.hiddenSize()
            + features
            + (long) architecture.main().layer(0).attention().heads() * LENGTH);
  }

  private static long features(Linear linear) {
    return linear.inFeatures() + linear.outFeatures();
  }

  private static JsonNode config(int[] shape) throws IOException {
    String text =
        """
        {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d,
         "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
         "vocab_size": %d, "max_position_embeddings": 2048, "tie_word_embeddings": false}"""
            .formatted(shape[0], shape[1], shape[2], shape[0] / 128, shape[0] / 128, shape[3]);
    return new ObjectMapper().readTree(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<long[]> ids(int vocabulary) {
    Random random = new Random(7);
    return IntStream.range(0, SAMPLES)
        .mapToObj(sample -> random.longs(LENGTH, 0, vocabulary).toArray())
        .toList();
  }
}
