package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds norms. */
final class NormModules {
  private final TorchSession torch;
  private final NDManager owner;
  private final NormSpec spec;
  private final StepModules steps;

  /**
   * @param owner manager of what is derived from weights
   */
  NormModules(TorchSession torch, NDManager owner, NormSpec spec, StepModules steps) {
    this.torch = torch;
    this.owner = owner;
    this.spec = spec;
    this.steps = steps;
  }

  /** Builds others. */
  NormModules of(NormSpec other) {
    return new NormModules(torch, owner, other, steps);
  }

  /** A norm with a weight and, where its kind has one, a bias; none where there is no weight. */
  ModuleNode of(@Nullable NDArray weight, @Nullable NDArray bias) {
    if (weight == null) {
      return Scripts.module("norm.NoNorm");
    }
    return switch (spec.kind()) {
      case RMS, RMS_PLUS_ONE -> steps.fused() ? fused(weight) : rootMeanSquare(weight);
      case LAYER ->
          Scripts.module("norm.LayerNorm")
              .with("weight", weight)
              .with("bias", Objects.requireNonNull(bias, "bias of a norm"))
              .with("eps", spec.epsilon());
    };
  }

  private ModuleNode fused(NDArray weight) {
    return Scripts.module("fused.FusedRmsNorm")
        .with("weight", weight)
        .with("eps", spec.epsilon())
        .with("offset", spec.kind() == NormSpec.Kind.RMS_PLUS_ONE ? 1.0 : 0.0)
        .with("threads", steps.threads());
  }

  private ModuleNode rootMeanSquare(NDArray weight) {
    if (spec.kind() == NormSpec.Kind.RMS_PLUS_ONE) {
      return Scripts.module("norm.OffsetRmsNorm")
          .with("weight", weight)
          .with("eps", spec.epsilon());
    }
    if (steps.trains()) {
      return Scripts.module("norm.PlainRmsNorm").with("weight", weight).with("eps", spec.epsilon());
    }
    return Scripts.module("norm.RmsNorm")
        .with("weight", weight)
        .with("twice", torch.tensors().concatenate(owner, List.of(weight, weight), 0))
        .with("signs", signs(weight))
        .with("eps", spec.epsilon());
  }

  private NDArray signs(NDArray like) {
    try (NDManager scope = owner.newSubManager()) {
      // A tensor of Java's numbers does not own its memory, and a cast to its own type shares it.
      NDArray signs = Tensors.of(scope, new float[] {1, -1}, 2, 1);
      DType type = torch.tensors().typeOf(like);
      return torch.tensors().copy(owner, torch.tensors().cast(scope, signs, type));
    }
  }
}
