package dev.assay.engine.working;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads an artifact that was just written, and holds every linear against what was meant. */
public final class ReadBack {
  private final TorchSession torch;
  private final WorkingModel model;
  private final CheckpointWeights written;

  /**
   * @param artifact what was written
   * @param spec what its configuration says that it is
   */
  public ReadBack(TorchSession torch, WorkingModel model, Checkpoint artifact, ModelSpec spec) {
    this.torch = torch;
    this.model = model;
    this.written = new CheckpointWeights(torch, artifact, spec);
  }

  /**
   * Compares the linears of all layers, the embedding, and a head of its own.
   *
   * @throws UnfaithfulWeightException if one is not what was meant
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if one cannot be read
   */
  public List<WeightAgreement> check() {
    String where = written.checkpoint().directory().toString();
    List<WeightAgreement> all = new ArrayList<>();
    for (int stack = 0; stack < model.spec().stacks().size(); stack++) {
      for (int layer = 0; layer < model.stack(stack).depth(); layer++) {
        layer(stack, layer, all);
      }
    }
    ModelSpec meant = model.spec();
    ModelSpec found = written.spec();
    all.add(beside(meant.names().embedding(), found.names().embedding()));
    if (!meant.spec().tiedHead() && meant.names().find(ModelModule.HEAD).isPresent()) {
      all.add(beside(meant.names().head(), found.names().head()));
    }
    all.forEach(each -> each.require(where));
    return all;
  }

  private void layer(int index, int layer, List<WeightAgreement> all) {
    Stack stack = model.stack(index);
    requireSaid(stack, index, layer);
    LayerWeights meant = model.layers(index);
    LayerWeights found = written.layers(index);
    for (LinearGroup group : stack.layer(layer).layout().groups()) {
      try (NDManager scope = torch.manager().newSubManager()) {
        Map<String, StoredWeight> wanted = meant.linears(scope, layer, group.parts());
        List<Linear> parts =
            group.parts().stream()
                .map(part -> written.stack(index).layer(layer).layout().linear(part.name()))
                .toList();
        Map<String, StoredWeight> read = found.linears(scope, layer, parts);
        wanted.forEach(
            (name, weight) ->
                all.add(
                    WeightAgreement.of(
                        torch,
                        stack.names().inLayer(layer, name),
                        weight,
                        Objects.requireNonNull(read.get(name), name))));
      }
    }
  }

  /** What is done to inputs and caches is what was meant. */
  private void requireSaid(Stack stack, int index, int layer) {
    LayerSpec meant = stack.layer(layer);
    LayerSpec found = written.stack(index).layer(layer);
    for (String linear : meant.layout().names()) {
      if (!meant.linear(linear).input().equals(found.linear(linear).input())) {
        throw new UnfaithfulWeightException(
            "%s: %s: read back with inputs %s, expected %s"
                .formatted(
                    written.checkpoint().directory(),
                    stack.names().inLayer(layer, linear),
                    found.linear(linear).input(),
                    meant.linear(linear).input()));
      }
    }
    if (!meant.cache().equals(found.cache())) {
      throw new UnfaithfulWeightException(
          "%s: layer %d: read back with a cache of %s, expected %s"
              .formatted(written.checkpoint().directory(), layer, found.cache(), meant.cache()));
    }
  }

  private WeightAgreement beside(String meant, String found) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return WeightAgreement.of(
          torch, meant, model.linear(scope, meant), written.linear(scope, found));
    }
  }
}
