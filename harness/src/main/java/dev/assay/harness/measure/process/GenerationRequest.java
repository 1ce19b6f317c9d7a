package dev.assay.harness.measure.process;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import java.nio.file.Path;

/**
 * What a process is to do, as plain values that travel in a file.
 *
 * @param artifact directory
 * @param device where it runs, {@link TorchDevice#label}
 * @param dtype arithmetic
 * @param packed whether quantized weights stay packed
 * @param inputs what kernels may do to activations
 * @param choices what was found to be faster among kernels
 * @param threads intra-op threads
 * @param batch sequences at once
 * @param promptLength tokens read
 * @param decodeLength tokens written, the first of them by the prefill
 * @param seconds shortest time to generate for; at least one generation is done
 */
record GenerationRequest(
    String artifact,
    String device,
    DType dtype,
    boolean packed,
    KernelInputs inputs,
    KernelChoices choices,
    int threads,
    int batch,
    int promptLength,
    int decodeLength,
    double seconds) {

  static GenerationRequest of(GenerationSettings settings, double seconds) {
    return new GenerationRequest(
        settings.artifact().toAbsolutePath().toString(),
        settings.execution().device().label(),
        settings.execution().dtype(),
        settings.execution().packed(),
        settings.execution().inputs(),
        settings.execution().choices(),
        settings.threads(),
        settings.batch(),
        settings.length().prompt(),
        settings.length().generated(),
        seconds);
  }

  GenerationSettings settings() {
    return new GenerationSettings(
        Path.of(artifact),
        new Execution(TorchDevice.of(device), dtype, packed, inputs, choices),
        threads,
        batch,
        new GenerationLength(promptLength, decodeLength));
  }
}
