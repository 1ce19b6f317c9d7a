package dev.assay.engine.torch;

import ai.djl.Device;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where tensors lie and operations run. */
public sealed interface TorchDevice {
  /** The processor. */
  TorchDevice CPU = new Cpu();

  /** What TorchScript's {@code torch.device} takes: {@code cpu}, {@code cuda:0}. */
  String label();

  /** The same device for DJL. */
  Device toDjl();

  /** The processor. */
  record Cpu() implements TorchDevice {
    @Override
    public String label() {
      return "cpu";
    }

    @Override
    public Device toDjl() {
      return Device.cpu();
    }
  }

  /**
   * A graphics processor that CUDA runs.
   *
   * @param index its number, from 0
   */
  record Cuda(int index) implements TorchDevice {
    private static final Pattern LABEL = Pattern.compile("cuda:(\\d{1,3})");

    public Cuda {
      if (index < 0) {
        throw new IllegalArgumentException("index: found " + index + ", expected at least 0");
      }
    }

    @Override
    public String label() {
      return "cuda:" + index;
    }

    @Override
    public Device toDjl() {
      return Device.gpu(index);
    }
  }

  /**
   * The device with a {@link #label}.
   *
   * @throws IllegalArgumentException if no device is called so
   */
  static TorchDevice of(String label) {
    if (label.equals(CPU.label())) {
      return CPU;
    }
    Matcher cuda = Cuda.LABEL.matcher(label);
    if (!cuda.matches()) {
      throw new IllegalArgumentException(
          "device: found '" + label + "', expected cpu or cuda: and a number");
    }
    return new Cuda(Integer.parseInt(cuda.group(1)));
  }
}
