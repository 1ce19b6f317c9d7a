package dev.assay.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.LinearPreparer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchDeviceTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda:0", "cuda:12"})
  void aLabelNamesItsDevice(String label) {
    assertThat(TorchDevice.of(label).label()).isEqualTo(label);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda", "cuda:", "cuda:-1", "cuda:x", "cuda:99999999999"})
  void anyOtherTextIsNone(String text) {
    assertThatThrownBy(() -> TorchDevice.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device: found '" + text + "', expected cpu or cuda: and a number");
  }

  @Test
  void djlKnowsThem() {
    assertThat(TorchDevice.CPU.toDjl()).isEqualTo(Device.cpu());
    assertThat(new TorchDevice.Cuda(1).toDjl()).isEqualTo(Device.gpu(1));
  }

  @Test
  void theManagersOfASessionAreOnItsDevice() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      assertThat(torch.device()).isEqualTo(TorchDevice.CPU);
      assertThat(torch.manager().getDevice()).isEqualTo(Device.cpu());
      assertThat(torch.manager().newSubManager().getDevice()).isEqualTo(Device.cpu());
    }
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> TorchSession.open(new TorchDevice.Cuda(999), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("device: found cuda:999, expected cpu or one of the ");
  }

  @Test
  void anExecutionRunsWhereItsSessionIs() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      Execution elsewhere = Execution.reference(new TorchDevice.Cuda(0));

      assertThatThrownBy(() -> new LinearPreparer(torch, elsewhere))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "device: found an execution on cuda:0, expected cpu, where libtorch's tensors are");
    }
  }
}
