package dev.assay.harness.measure.latency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.measure.generation.Generation;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * A generation that a fork opens once; its settings travel as JMH parameters, whose defaults are
 * never used.
 */
@State(Scope.Benchmark)
public class OpenGeneration {
  /** Iterations alone would warm a small model for milliseconds only. */
  static final Duration SHORTEST_WARMUP = Duration.ofMillis(500);

  @Param("artifact")
  public String artifact = "";

  @Param("cpu")
  public String device = "";

  @Param public DType dtype = DType.FLOAT32;

  @Param("false")
  public boolean packed;

  @Param public KernelInputs inputs = KernelInputs.NATIVE;

  /** {@link KernelChoices} in JSON. */
  @Param("{}")
  public String choices = "";

  @Param("1")
  public int threads;

  @Param("128")
  public int promptLength;

  @Param("128")
  public int decodeLength;

  @Param("1")
  public int batch;

  private @Nullable TorchSession torch;
  private @Nullable Generation generation;

  /** Writes the settings where a fork finds them. */
  static void pass(GenerationSettings settings, OptionsBuilder options) {
    options
        .param("artifact", settings.artifact().toAbsolutePath().toString())
        .param("device", settings.execution().device().label())
        .param("dtype", settings.execution().dtype().name())
        .param("packed", Boolean.toString(settings.execution().packed()))
        .param("inputs", settings.execution().inputs().name())
        .param("choices", json(settings.execution().choices()))
        .param("threads", Integer.toString(settings.threads()))
        .param("promptLength", Integer.toString(settings.length().prompt()))
        .param("decodeLength", Integer.toString(settings.length().generated()))
        .param("batch", Integer.toString(settings.batch()));
  }

  private static String json(KernelChoices choices) {
    try {
      return new ObjectMapper().writeValueAsString(choices);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KernelChoices choices(String json) {
    try {
      return new ObjectMapper().readValue(json, KernelChoices.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private GenerationSettings settings() {
    return new GenerationSettings(
        Path.of(artifact),
        new Execution(TorchDevice.of(device), dtype, packed, inputs, choices(choices)),
        threads,
        batch,
        new GenerationLength(promptLength, decodeLength));
  }

  /** Starts libtorch, loads the model and generates until the machine is awake. */
  @Setup(Level.Trial)
  public void open() {
    GenerationSettings settings = settings();
    torch = TorchSession.open(settings.execution().device(), threads);
    generation = Generation.open(torch, settings);
    long start = System.nanoTime();
    while (System.nanoTime() - start < SHORTEST_WARMUP.toNanos()) {
      generation.reset();
      generation.decode(generation.prefill());
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    if (generation != null) {
      generation.close();
    }
    if (torch != null) {
      torch.close();
    }
  }

  Generation generation() {
    return Objects.requireNonNull(generation, "JMH opens the trial first");
  }
}
