package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.Fact;
import java.util.ArrayList;
import java.util.List;

/** Machine and software, as facts. */
final class EnvironmentFacts {
  private static final String UNKNOWN = "not known";

  private EnvironmentFacts() {}

  static List<Fact> of(Environment environment) {
    List<Fact> facts = new ArrayList<>();
    facts.add(cpu(environment.cpu()));
    facts.add(clocks(environment.cpu()));
    facts.add(Fact.of("Instruction sets", joined(environment.cpu().instructionSets())));
    facts.add(Fact.of("Caches", joined(environment.cpu().caches())));
    facts.add(
        Fact.of(
            "Memory",
            bytes(environment.memory().totalBytes())
                + ", "
                + bytes(environment.memory().availableBytes())
                + " free"));
    for (Environment.Gpu gpu : environment.gpus()) {
      facts.add(gpu(gpu));
    }
    facts.add(Fact.of("Operating system", environment.operatingSystem()));
    Environment.Jvm jvm = environment.jvm();
    facts.add(
        new Fact(
            "Java",
            List.of(
                jvm.version() + " (" + jvm.vendor() + "), heap up to " + bytes(jvm.maxHeapBytes()),
                jvm.arguments().isEmpty() ? "no arguments" : String.join(" ", jvm.arguments()))));
    facts.add(
        new Fact(
            "Libraries",
            environment.libraries().entrySet().stream()
                .map(library -> library.getKey() + " " + library.getValue())
                .toList()));
    Environment.Git git = environment.git();
    facts.add(
        Fact.of(
            "Revision",
            git == null ? UNKNOWN : git.revision() + (git.dirty() ? ", with changes" : "")));
    facts.add(Fact.of("Threads in use", Integer.toString(environment.threads())));
    Double pressure = environment.cpuPressure();
    facts.add(
        Fact.of(
            "CPU pressure",
            pressure == null
                ? "the kernel does not tell"
                : Ratios.percent(pressure) + " of the time some task waited for a CPU"));
    return facts;
  }

  private static Fact cpu(Environment.Cpu cpu) {
    return new Fact(
        "CPU",
        List.of(
            cpu.name(),
            cpu.vendor() + ", " + cpu.family(),
            cpu.physicalCores() + " cores, " + cpu.logicalProcessors() + " hardware threads",
            cpu.virtualized() == null
                ? "no hypervisor seen"
                : "virtualized: " + cpu.virtualized()));
  }

  private static Fact clocks(Environment.Cpu cpu) {
    Long highest = cpu.maxFrequencyHz();
    String now =
        String.join(
            ", ", cpu.currentFrequenciesHz().stream().map(EnvironmentFacts::gigahertz).toList());
    String governor = cpu.governor();
    return new Fact(
        "Clocks",
        List.of(
            "highest " + (highest == null ? UNKNOWN : gigahertz(highest)),
            "when captured " + (now.isEmpty() ? UNKNOWN : now),
            "governor " + (governor == null ? UNKNOWN : governor)));
  }

  private static Fact gpu(Environment.Gpu gpu) {
    Long memory = gpu.memoryBytes();
    String driver = gpu.driver();
    return new Fact(
        "GPU",
        List.of(
            gpu.name() + " (" + gpu.vendor() + ")",
            "memory " + (memory == null ? UNKNOWN : bytes(memory)),
            "driver " + (driver == null ? UNKNOWN : driver)));
  }

  private static String joined(List<String> parts) {
    return parts.isEmpty() ? UNKNOWN : String.join(", ", parts);
  }

  private static String gigahertz(long hertz) {
    return new Scale(1e9, "GHz", 2).text((double) hertz);
  }

  private static String bytes(long bytes) {
    return Scale.of("memory", "B", (double) bytes).text((double) bytes);
  }
}
