package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Goes through the stacks of a model with calibration samples, whose activations each visitor takes
 * from layer to layer. A decoder that reads an encoder follows it: of each sample the encoder gets
 * the first half, the decoder the second.
 */
final class StackTraversal {
  private final TorchSession torch;
  private final ModelWeights model;
  private final List<long[]> samples;
  private final ScriptModule script;

  /**
   * @param samples token ids; empty where nothing is to flow
   */
  StackTraversal(TorchSession torch, ModelWeights model, List<long[]> samples) {
    this.torch = torch;
    this.model = model;
    this.samples = samples;
    this.script = torch.script(StackTraversal.class, "overwrite.py");
  }

  /** Sees a stack. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param walk owner of what lives as long as the traversal
     */
    void visit(Part part, NDManager walk);
  }

  /**
   * A stack on the way.
   *
   * @param index of the stack
   * @param before layers of the stacks before it
   * @param depth its layers
   * @param read whether another stack reads its output
   * @param batches what its next layer takes in; empty where nothing flows
   */
  record Part(
      int index,
      int before,
      int depth,
      boolean read,
      LayerRunner runner,
      List<LayerBatch> batches,
      ScriptModule script) {
    /** The same with other batches of activations. */
    Part with(List<LayerBatch> others) {
      return new Part(index, before, depth, read, runner, others, script);
    }

    /** Whether anything takes in what a layer makes: the last one's outputs a decoder alone. */
    boolean feeds(int layer) {
      return !batches.isEmpty() && (read || layer < depth - 1);
    }

    /** Replaces each batch of activations by what a layer makes of it, if it feeds anything. */
    void propagate(int layer, LayerSpec spec, Map<String, NDArray> values) {
      if (feeds(layer)) {
        advance(spec, values);
      }
    }

    /** Replaces each batch of activations by what a layer makes of it. */
    void advance(LayerSpec spec, Map<String, NDArray> values) {
      try (BoundLayer bound = runner.bind(spec, values)) {
        for (LayerBatch batch : batches) {
          try (NDManager scope = batch.activations().getManager().newSubManager()) {
            NDArray output = bound.output(scope, batch.activations(), batch.memory());
            script.run("overwrite", batch.activations(), output);
          }
        }
      }
    }
  }

  /** Goes through all stacks. */
  void run(Visitor visitor) {
    ModelSpec spec = model.spec();
    boolean pair = spec.kind() == ModelSpec.Kind.ENCODER_DECODER;
    try (NDManager walk = torch.manager().newSubManager()) {
      List<NDArray> ids = batches(walk, samples);
      List<NDArray> memories = List.of();
      int before = 0;
      for (int index = 0; index < spec.stacks().size(); index++) {
        boolean encoder = pair && index == 0;
        try (LayerRunner runner = new LayerRunner(torch, model, index)) {
          List<NDArray> own =
              pair ? ids.stream().map(all -> half(walk, all, encoder)).toList() : ids;
          List<NDArray> embedded = runner.embed(walk, own);
          List<LayerBatch> batches = new ArrayList<>();
          for (int i = 0; i < embedded.size(); i++) {
            batches.add(
                new LayerBatch(embedded.get(i), memories.isEmpty() ? null : memories.get(i)));
          }
          int depth = spec.stacks().get(index).depth();
          visitor.visit(new Part(index, before, depth, encoder, runner, batches, script), walk);
          if (encoder) {
            memories =
                runner.finalNorm(walk, batches.stream().map(LayerBatch::activations).toList());
          }
        }
        before += spec.stacks().get(index).depth();
      }
    }
  }

  /**
   * Each sequence by itself: beside others the last bits of its products may be different, and with
   * them codes. The memory of attention is bounded as well.
   */
  private static List<NDArray> batches(NDManager walk, List<long[]> calibration) {
    List<NDArray> batches = new ArrayList<>();
    for (long[] ids : calibration) {
      batches.add(walk.create(ids, new Shape(1, ids.length)));
    }
    return batches;
  }

  private NDArray half(NDManager walk, NDArray ids, boolean first) {
    long length = ids.getShape().get(1);
    if (length < 2) {
      throw new IllegalArgumentException("samples of " + length + " tokens cannot be halved");
    }
    return script.call(walk, first ? "first_half" : "second_half", ids, model.spec().startToken());
  }
}
