package dev.assay.harness.cli;

import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.cli.table.Table;
import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.ceiling.MeasuredCeilings;
import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.hardware.profile.ProfileMatch;
import dev.assay.harness.run.machine.Machine;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.SuiteTarget;
import dev.assay.harness.suite.Threads;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code assay hardware}. */
@Command(
    name = "hardware",
    mixinStandardHelpOptions = true,
    description = "Say what was detected of this machine, and which hardware profile matches.")
final class HardwareCommand implements Callable<Integer> {
  private static final double GIBIBYTE = 0x1p30;

  @Spec private CommandSpec spec;

  @Option(names = "--measure", description = "Measure the machine's ceilings, about ten seconds.")
  private boolean measure;

  @Mixin private TableOutput output;

  @Override
  public Integer call() throws IOException {
    Home home = Home.ofLauncher();
    Machine machine = new Machine(home.path(), home.profiles());
    int threads = machine.threads(new Threads.Auto());
    Environment environment = machine.environment(threads);
    Table.Builder table = Table.of("what", "found");
    describe(environment, table);
    for (Device device : Device.values()) {
      if (device != Device.CPU && environment.gpus().isEmpty()) {
        continue;
      }
      Reading<ProfileMatch> profile = machine.profile(target(device), environment);
      ProfileMatch match = profile.orNull();
      table.row(
          "profile, " + device.name().toLowerCase(Locale.ROOT),
          match == null
              ? "none: " + profile.reasonOrNull()
              : match.profile().name() + ": " + match.reason());
      if (device == Device.CPU) {
        ceilings(machine, profile, environment, threads).forEach(each -> ceiling(each, table));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    output.print(out, table.build());
    return ExitCode.SUCCESS;
  }

  private static SuiteTarget target(Device device) {
    return new SuiteTarget(
        "here",
        SuiteTarget.MATCHING_PROFILE,
        device,
        DType.BFLOAT16,
        KernelInputs.NATIVE,
        new Threads.Auto());
  }

  private static void describe(Environment environment, Table.Builder table) {
    Environment.Cpu cpu = environment.cpu();
    table.row("processor", cpu.name() + ", " + cpu.vendor() + " " + cpu.family());
    table.row("cores", cpu.physicalCores() + " physical, " + cpu.logicalProcessors() + " logical");
    Long clock = cpu.maxFrequencyHz();
    table.row("highest clock", clock == null ? "not told" : gigahertz(clock));
    table.row(
        "clocks now",
        cpu.currentFrequenciesHz().isEmpty()
            ? "not told"
            : String.join(
                ", ",
                cpu.currentFrequenciesHz().stream().map(HardwareCommand::gigahertz).toList()));
    table.row("governor", String.valueOf(cpu.governor() == null ? "not told" : cpu.governor()));
    table.row("caches", String.join(", ", cpu.caches()));
    table.row("instruction sets", String.join(" ", cpu.instructionSets()));
    table.row("kernels of our own", kernels());
    table.row("virtualised", cpu.virtualized() == null ? "no, or not told" : cpu.virtualized());
    table.row(
        "memory",
        String.format(
            Locale.ROOT,
            "%.1f GiB, %.1f GiB of them free",
            environment.memory().totalBytes() / GIBIBYTE,
            environment.memory().availableBytes() / GIBIBYTE));
    environment.gpus().forEach(gpu -> table.row("GPU", gpu.vendor() + " " + gpu.name()));
    if (environment.gpus().isEmpty()) {
      table.row("GPU", "none");
    }
    Reading<Double> energy = EnergyProbe.ofKernel().start().joules();
    String reason = energy.reasonOrNull();
    table.row("energy counter", reason == null ? "there" : "unsupported: " + reason);
    table.row("operating system", environment.operatingSystem());
    table.row("Java", environment.jvm().vendor() + " " + environment.jvm().version());
    environment.libraries().forEach((name, version) -> table.row(name, version));
    environment.warnings().forEach(warning -> table.row("warning", warning));
  }

  private static String kernels() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      return NativeOps.describe(torch);
    }
  }

  private List<Ceiling> ceilings(
      Machine machine, Reading<ProfileMatch> profile, Environment environment, int threads)
      throws IOException {
    List<Ceiling> all = new ArrayList<>(Machine.documented(profile, environment, threads));
    if (measure) {
      Path logs = Files.createTempDirectory("assay-ceilings");
      MeasuredCeilings measured = machine.measured(threads, logs);
      all.addAll(measured.ceilings());
      PathUtils.deleteDirectory(logs);
    }
    return all;
  }

  private static void ceiling(Ceiling ceiling, Table.Builder table) {
    table.row(
        "ceiling, " + ceiling.name() + (ceiling.dtype().equals("any") ? "" : " " + ceiling.dtype()),
        String.format(
            Locale.ROOT,
            "%.1f G%s, %s: %s%s",
            ceiling.value() / 1e9,
            ceiling.unit(),
            ceiling.origin(),
            ceiling.source(),
            ceiling.disturbed() == null ? "" : "; DISTURBED: " + ceiling.disturbed()));
  }

  private static String gigahertz(long hertz) {
    return String.format(Locale.ROOT, "%.2f GHz", hertz / 1e9);
  }
}
