package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.BadCheckpointException;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.LayerRunner;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a method through a model layer by layer: reads one layer's weights, shows the method what
 * its linears see, writes what it stored, and feeds the layer's outputs to the next. Besides the
 * layer at hand only the activations of the calibration samples are in memory.
 */
public final class LayerWalk {
  /** Tokens that go through a layer at once; bounds the memory of attention. */
  private static final int BATCH_TOKENS = 8192;

  private final TorchSession torch;
  private final Checkpoint source;
  private final Architecture architecture;
  private final ScriptModule embed;

  public LayerWalk(TorchSession torch, Checkpoint source, Architecture architecture) {
    this.torch = torch;
    this.source = source;
    this.architecture = architecture;
    this.embed = torch.script(LayerWalk.class, "embed.py");
  }

  /** Hears how far a walk is. */
  @FunctionalInterface
  public interface Listener {
    void layerFinished(int finished, int layers);
  }

  /**
   * Walks through all layers and writes every tensor of the model.
   *
   * @param calibration token ids of sequences of one length; may be empty if the method needs none
   * @return what happened to each linear, in the order of the walk
   */
  public List<LinearOutcome> run(
      CompressionMethod method,
      List<long[]> calibration,
      CheckpointWriter writer,
      Listener listener) {
    boolean calibrated = !method.statistics().isEmpty();
    if (calibrated && calibration.isEmpty()) {
      throw new IllegalArgumentException("the method needs calibration samples, none are given");
    }
    List<LinearOutcome> outcomes = new ArrayList<>();
    int layers = architecture.spec().layers();
    try (NDManager walk = torch.manager().newSubManager();
        LayerRunner runner = new LayerRunner(torch, architecture)) {
      List<NDArray> activations = calibrated ? embed(walk, calibration) : List.of();
      for (int layer = 0; layer < layers; layer++) {
        outcomes.addAll(layer(method, layer, runner, walk, activations, writer));
        listener.layerFinished(layer + 1, layers);
      }
      writeOutsideLayers(method, walk, writer);
    }
    return outcomes;
  }

  private List<LinearOutcome> layer(
      CompressionMethod method,
      int layer,
      LayerRunner runner,
      NDManager walk,
      List<NDArray> activations,
      CheckpointWriter writer) {
    try (NDManager scope = walk.newSubManager()) {
      Map<String, NDArray> original = read(scope, layer);
      boolean last = layer == architecture.spec().layers() - 1;
      LayerContext context =
          new LayerContext(
              torch,
              scope,
              layer,
              architecture.layout(),
              storedType(method),
              runner,
              new StatisticsGatherer(
                  torch, runner, architecture.layout(), method.statistics(), activations),
              original);
      method.compress(context);
      write(context, layer, storedType(method), writer);
      if (!last) {
        propagate(
            runner,
            method.propagation() == Propagation.ORIGINAL ? original : context.weights(),
            activations);
      }
      return context.outcomes();
    }
  }

  /** The type in which dense weights are stored, judging by the checkpoint's norms. */
  private DType storedType(CompressionMethod method) {
    TensorNames names = architecture.names();
    String norm = names.inLayer(0, architecture.layout().inputNorm());
    return method.storedType(source.info(norm + ".weight").dtype());
  }

  private Map<String, NDArray> read(NDManager scope, int layer) {
    Map<String, NDArray> weights = new HashMap<>();
    TensorNames names = architecture.names();
    for (String norm : architecture.layout().norms()) {
      NDArray weight = source.tensor(torch, scope, names.inLayer(layer, norm) + ".weight");
      weights.put(norm, torch.tensors().cast(scope, weight, DType.FLOAT32));
    }
    architecture
        .layout()
        .linears()
        .forEach(
            linear -> {
              String name = names.inLayer(layer, linear);
              NDArray weight = source.linear(torch, scope, name).dequantize(torch, scope);
              if (!torch.tensors().isFinite(weight)) {
                throw new BadCheckpointException(
                    source.directory() + ": " + name + ".weight: found NaN or infinite values");
              }
              weights.put(linear, weight);
            });
    return weights;
  }

  private void write(LayerContext context, int layer, DType storedType, CheckpointWriter writer) {
    TensorNames names = architecture.names();
    try (NDManager scope = context.scope().newSubManager()) {
      for (String norm : architecture.layout().norms()) {
        NDArray weight = torch.tensors().cast(scope, context.norm(norm), storedType);
        writer.put(names.inLayer(layer, norm) + ".weight", weight);
      }
      architecture
          .layout()
          .linears()
          .forEach(
              linear -> {
                StoredWeight weight = context.stored().get(linear);
                String name = names.inLayer(layer, linear);
                writer.putLinear(name, weight == null ? source.linear(torch, scope, name) : weight);
              });
    }
  }

  /** Replaces each batch of activations by what the layer makes of it. */
  private void propagate(
      LayerRunner runner, Map<String, NDArray> weights, List<NDArray> activations) {
    for (NDArray batch : activations) {
      try (NDManager scope = batch.getManager().newSubManager()) {
        embed.run("overwrite", batch, runner.run(scope, weights, batch).output());
      }
    }
  }

  private List<NDArray> embed(NDManager walk, List<long[]> calibration) {
    int length = calibration.get(0).length;
    int perBatch = Math.max(1, BATCH_TOKENS / length);
    List<NDArray> activations = new ArrayList<>();
    try (NDManager scope = walk.newSubManager()) {
      NDArray embedding = source.tensor(torch, scope, architecture.names().embedding() + ".weight");
      for (int start = 0; start < calibration.size(); start += perBatch) {
        List<long[]> rows =
            calibration.subList(start, Math.min(calibration.size(), start + perBatch));
        long[] ids = rows.stream().flatMapToLong(Arrays::stream).toArray();
        NDArray tokens = scope.create(ids, new Shape(rows.size(), length));
        activations.add(embed.call(walk, "embed", embedding, tokens));
      }
    }
    return activations;
  }

  private void writeOutsideLayers(
      CompressionMethod method, NDManager walk, CheckpointWriter writer) {
    String inLayers = architecture.names().layers() + ".";
    for (String name : source.names()) {
      if (!name.startsWith(inLayers)) {
        try (NDManager scope = walk.newSubManager()) {
          DType type = method.storedType(source.info(name).dtype());
          NDArray tensor = source.tensor(torch, scope, name);
          writer.put(name, torch.tensors().cast(scope, tensor, type));
        }
      }
    }
  }
}
