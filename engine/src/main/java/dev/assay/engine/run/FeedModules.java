package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.torch.ModuleNode;
import org.jspecify.annotations.Nullable;

/** Builds what feed-forwards are made of beside their linears. */
final class FeedModules {
  private FeedModules() {}

  /**
   * An activation.
   *
   * @param scales what its output is divided by, channel by channel, if it is
   */
  static ModuleNode activation(FeedForwardSpec.Activation kind, @Nullable NDArray scales) {
    ModuleNode plain =
        Scripts.module(
            switch (kind) {
              case SILU -> "activation.Silu";
              case RELU -> "activation.Relu";
              case GELU -> "activation.Gelu";
              case GELU_TANH -> "activation.GeluTanh";
            });
    return scales == null
        ? plain
        : Scripts.module("activation.ScaledActivation")
            .with("scales", scales)
            .with("activation", plain);
  }
}
