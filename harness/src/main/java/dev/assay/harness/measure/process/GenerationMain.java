package dev.assay.harness.measure.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.hardware.counter.ProcessMemory;
import dev.assay.harness.hardware.disturbance.Observation;
import dev.assay.harness.hardware.disturbance.Watch;
import dev.assay.harness.measure.generation.Generation;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.process.ParentWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Entry point of the forked JVM: loads an artifact, generates, and reports. */
public final class GenerationMain {
  private static final double NANOS_PER_SECOND = 1e9;

  private GenerationMain() {}

  /**
   * @param arguments file with the request and file for the report, both JSON
   */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    ParentWatch.start();
    ObjectMapper json = new ObjectMapper();
    GenerationRequest request =
        json.readValue(Path.of(arguments[0]).toFile(), GenerationRequest.class);
    json.writeValue(Path.of(arguments[1]).toFile(), generate(request));
  }

  private static GenerationReport generate(GenerationRequest request) {
    GenerationSettings settings = request.settings();
    try (TorchSession torch =
        TorchSession.open(settings.execution().device(), settings.threads())) {
      Reading<ProcessMemory> atStart = memory();
      try (Generation generation = Generation.open(torch, settings)) {
        long rounds = 0;
        long start = System.nanoTime();
        Observation seen = null;
        EnergyProbe.Interval energy = EnergyProbe.ofKernel().start();
        do {
          Watch watch = Watch.start();
          generation.reset();
          generation.decode(generation.prefill());
          seen = seen == null ? watch.stop() : seen.plus(watch.stop());
          rounds++;
        } while (secondsSince(start) < request.seconds());
        Reading<Double> joules = energy.joules();
        double seconds = secondsSince(start);
        Reading<ProcessMemory> atEnd = memory();
        return new GenerationReport(
            atEnd.flatMap(memory -> Reading.of(memory.peakBytes())).orNull(),
            atStart.flatMap(memory -> Reading.of(memory.residentBytes())).orNull(),
            atEnd.reasonOrNull(),
            joules.orNull(),
            joules.reasonOrNull(),
            seconds,
            seen,
            rounds * settings.batch() * settings.length().generated());
      }
    }
  }

  private static Reading<ProcessMemory> memory() {
    return ProcessMemory.of(ProcessHandle.current().pid());
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / NANOS_PER_SECOND;
  }
}
