package dev.assay.harness.run.worker;

import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.suite.Device;
import dev.assay.leaderboard.result.TrainingEnergy;

/**
 * Adds up the energy of a stage. A counter turns over within minutes to hours, so it is read
 * whenever a stage is heard of and not at its ends alone.
 */
final class StageEnergy {
  private final EnergyProbe probe;
  private final Device device;
  private EnergyProbe.Interval open;
  private Reading<Double> sum = Reading.of(0.0);

  StageEnergy(EnergyProbe probe, Device device) {
    this.probe = probe;
    this.device = device;
    this.open = probe.start();
  }

  /** What came before is no energy of the stage that now begins. */
  void begin() {
    sum = Reading.of(0.0);
    open = probe.start();
  }

  /** The stage at hand was begun by a process that is no more. */
  void resumed() {
    sum = Reading.unavailable("the stage was interrupted, and nothing tells what it took before");
    open = probe.start();
  }

  /** The stage goes on. */
  void read() {
    EnergyProbe.Interval until = open;
    open = probe.start();
    sum = sum.flatMap(before -> until.joules().flatMap(more -> Reading.of(before + more)));
  }

  /** What the stage took until now. */
  TrainingEnergy taken() {
    if (device != Device.CPU) {
      return TrainingEnergy.unmeasured("the counters of the processor leave out the device");
    }
    read();
    Double joules = sum.orNull();
    String reason = sum.reasonOrNull();
    return joules == null
        ? TrainingEnergy.unmeasured(reason == null ? "no counter was read" : reason)
        : TrainingEnergy.of(joules);
  }
}
