package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.EncoderHead;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearModules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands on top of an encoder.
 *
 * @param module a {@code model.EncoderHead}
 * @param bytes of its weights, those of the stack's head left out
 */
record EncoderHeadTree(ModuleNode module, long bytes) {
  /**
   * Reads it.
   *
   * @param decoder the stack's head, which gives a word for each gap; nothing for a classifier
   */
  static EncoderHeadTree read(
      TorchSession torch,
      NDManager owner,
      ModelWeights weights,
      DType dtype,
      @Nullable ModuleNode decoder) {
    ModelSpec architecture = weights.spec();
    List<NDArray> tensors = new ArrayList<>();
    long elements = 0;
    try (NDManager scope = owner.newSubManager()) {
      for (var each : EncoderHead.shapes(architecture, weights.checkpoint()).entrySet()) {
        NDArray stored = weights.tensor(scope, each.getKey(), each.getValue());
        NDArray cast = torch.tensors().cast(scope, stored, dtype);
        tensors.add(torch.tensors().copy(owner, cast));
        elements += stored.getShape().size();
      }
    }
    ModuleNode module = module(torch, owner, architecture, tensors, decoder, StepModules.PLAIN);
    return new EncoderHeadTree(module, elements * dtype.bytes());
  }

  /**
   * The module of tensors in the order of {@link EncoderHead#shapes}.
   *
   * @param decoder as {@link #read} takes it
   */
  static ModuleNode module(
      TorchSession torch,
      NDManager owner,
      ModelSpec architecture,
      List<NDArray> tensors,
      @Nullable ModuleNode decoder,
      StepModules steps) {
    return architecture.kind() == ModelSpec.Kind.CLASSIFIER
        ? Scripts.module("model.ClassifyingHead")
            .with("pooler", linear(tensors.get(0), tensors.get(1)))
            .with("classifier", linear(tensors.get(2), tensors.get(3)))
        : Scripts.module("model.FillingHead")
            .with("dense", linear(tensors.get(0), tensors.get(1)))
            .with(
                "activation",
                FeedModules.activation(
                    architecture.main().layer(0).feedForward().activation(), null))
            .with(
                "norm",
                new NormModules(torch, owner, architecture.spec().norm(), steps)
                    .of(tensors.get(2), tensors.get(3)))
            .with(
                "decoder",
                LinearModules.biased(Objects.requireNonNull(decoder, "head"), tensors.get(4)));
  }

  private static ModuleNode linear(NDArray weight, NDArray bias) {
    return LinearModules.biased(LinearModules.dense(weight), bias);
  }
}
