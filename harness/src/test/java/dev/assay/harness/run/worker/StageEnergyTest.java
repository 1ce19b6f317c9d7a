package dev.assay.harness.run.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.suite.Device;
import dev.assay.leaderboard.result.TrainingEnergy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageEnergyTest {
  @TempDir Path powercap;

  private void counter(long joules) throws IOException {
    Path zone = Files.createDirectories(powercap.resolve("intel-rapl:0"));
    Files.writeString(zone.resolve("name"), "package-0\n");
    Files.writeString(zone.resolve("energy_uj"), joules * 1_000_000 + "\n");
    Files.writeString(zone.resolve("max_energy_range_uj"), "100000000\n");
  }

  private StageEnergy begun(Device device) {
    return new StageEnergy(new EnergyProbe(powercap), device);
  }

  /** The counter turns over twice here, which its ends alone would not tell. */
  @Test
  void addsUpHoweverOftenTheCounterTurnsOver() throws IOException {
    counter(10);
    StageEnergy energy = begun(Device.CPU);
    for (long now : new long[] {60, 5, 70, 20}) {
      counter(now);
      energy.read();
    }

    assertThat(energy.taken()).isEqualTo(TrainingEnergy.of(50 + 45 + 65 + 50));
  }

  @Test
  void aStageIsCountedFromItsBeginning() throws IOException {
    counter(10);
    StageEnergy energy = begun(Device.CPU);
    counter(20);
    energy.begin();
    counter(23);

    assertThat(energy.taken()).isEqualTo(TrainingEnergy.of(3));
  }

  @Test
  void ofAStageThatWasInterruptedNothingIsKnownButOfTheNext() throws IOException {
    counter(10);
    StageEnergy energy = begun(Device.CPU);
    energy.resumed();
    energy.read();

    assertThat(energy.taken().unmeasured()).contains("interrupted");

    energy.begin();
    counter(12);
    assertThat(energy.taken()).isEqualTo(TrainingEnergy.of(2));
  }

  @Test
  void withoutACounterOrOnAnotherDeviceThereIsAReason() throws IOException {
    assertThat(begun(Device.CPU).taken().unmeasured()).contains("no energy counter");

    counter(1);
    assertThat(begun(Device.CUDA).taken().unmeasured()).contains("leave out the device");
  }
}
