package dev.assay.leaderboard.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.leaderboard.ResultBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineIdTest {
  private static final Environment HERE = ResultBuilder.of("gptq").build().environment();

  private static String idWith(String pointer, String value) {
    ResultJson json = new ResultJson();
    ObjectNode tree = json.mapper().valueToTree(HERE);
    int slash = pointer.lastIndexOf('/');
    try {
      ((ObjectNode) tree.at(pointer.substring(0, slash)))
          .set(pointer.substring(slash + 1), json.mapper().readTree(value));
      return MachineId.of(json.mapper().treeToValue(tree, Environment.class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The sha256 of the lines, taken with sha256sum; results on disks have it. */
  @Test
  void isTheHashOfTheHardware() {
    assertThat(MachineId.of(HERE)).isEqualTo("e7a96bb5c8fe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/cpu/name | \"Another\"",
        "/cpu/vendor | \"Another\"",
        "/cpu/family | \"6-85-8\"",
        "/cpu/physicalCores | 4",
        "/cpu/logicalProcessors | 4",
        "/cpu/caches | [\"L2 1 MiB\"]",
        "/cpu/instructionSets | [\"avx2\", \"avx512f\"]",
        "/cpu/virtualized | null",
        "/memory/totalBytes | 17179869184",
        "/gpus | [{\"name\": \"a GPU\", \"vendor\": \"v\"}]",
      })
  void changesWithTheHardware(String pointer, String value) {
    assertThat(idWith(pointer, value)).isNotEqualTo(MachineId.of(HERE));
  }

  /** A night later, after a reboot into another kernel. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/cpu/currentFrequenciesHz | [1]",
        "/cpu/governor | \"performance\"",
        "/memory/totalBytes | 8500000000",
        "/memory/availableBytes | 1",
        "/operatingSystem | \"Linux 7\"",
        "/threads | 1",
        "/libraries | {\"assay\": \"0.2.0\"}",
        "/warnings | [\"a warning\"]",
      })
  void staysWithWhatChangesOnOneMachine(String pointer, String value) {
    assertThat(idWith(pointer, value)).isEqualTo(MachineId.of(HERE));
  }

  @Test
  void theDriverOfAGpuIsNoPartOfIt() {
    assertThat(idWith("/gpus", "[{\"name\":\"g\",\"vendor\":\"v\",\"driver\":\"1\"}]"))
        .isEqualTo(idWith("/gpus", "[{\"name\":\"g\",\"vendor\":\"v\",\"driver\":\"2\"}]"));
  }
}
