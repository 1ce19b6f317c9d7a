package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.DenseValues;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.LayerTensors;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a method through a model layer by layer: reads one layer's weights, shows the method what
 * its linears see, writes what it stored, and feeds the layer's outputs to the next. Besides the
 * layer at hand only the activations of the calibration samples are in memory.
 *
 * <p>A decoder that reads an encoder follows it: of each sample the encoder gets the first half,
 * the decoder the second.
 */
public final class LayerWalk {
  /** Tokens that go through a layer at once; bounds the memory of attention. */
  private static final int BATCH_TOKENS = 8192;

  private final TorchSession torch;
  private final Checkpoint source;
  private final Architecture architecture;
  private final StorageChoice storage;
  private final ScriptModule script;

  public LayerWalk(TorchSession torch, Checkpoint source, Architecture architecture) {
    this.torch = torch;
    this.source = source;
    this.architecture = architecture;
    this.storage = new StorageChoice(architecture);
    this.script = torch.script(LayerWalk.class, "overwrite.py");
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
    try (NDManager walk = torch.manager().newSubManager()) {
      List<NDArray> ids = calibrated ? batches(walk, calibration) : List.of();
      boolean pair = architecture.kind() == Architecture.Kind.ENCODER_DECODER;
      List<NDArray> memories = List.of();
      int before = 0;
      for (Stack stack : architecture.stacks()) {
        boolean encoder = pair && before == 0;
        try (LayerRunner runner = new LayerRunner(torch, stack, source)) {
          List<NDArray> own =
              pair ? ids.stream().map(all -> half(walk, all, encoder)).toList() : ids;
          List<NDArray> embedded = runner.embed(walk, own);
          List<LayerBatch> batches = new ArrayList<>();
          for (int i = 0; i < embedded.size(); i++) {
            batches.add(
                new LayerBatch(embedded.get(i), memories.isEmpty() ? null : memories.get(i)));
          }
          LayerTensors tensors = new LayerTensors(torch, source, stack);
          StackWalk part = new StackWalk(stack, before, encoder, tensors, runner, batches);
          part(method, part, walk, writer, outcomes, listener);
          if (encoder) {
            memories =
                runner.finalNorm(walk, batches.stream().map(LayerBatch::activations).toList());
          }
        }
        before += stack.spec().layers();
      }
      writeOutsideLayers(method, walk, writer);
    }
    return outcomes;
  }

  /**
   * The way through one stack.
   *
   * @param before layers of the stacks before it
   * @param read whether another stack reads its output
   */
  private record StackWalk(
      Stack stack,
      int before,
      boolean read,
      LayerTensors tensors,
      LayerRunner runner,
      List<LayerBatch> batches) {}

  private void part(
      CompressionMethod method,
      StackWalk part,
      NDManager walk,
      CheckpointWriter writer,
      List<LinearOutcome> outcomes,
      Listener listener) {
    for (int layer = 0; layer < part.stack().spec().layers(); layer++) {
      try (NDManager scope = walk.newSubManager()) {
        outcomes.addAll(layer(method, part, layer, scope, writer));
      }
      listener.layerFinished(part.before() + layer + 1, architecture.layers());
    }
  }

  private List<LinearOutcome> layer(
      CompressionMethod method,
      StackWalk part,
      int layer,
      NDManager scope,
      CheckpointWriter writer) {
    Stack stack = part.stack();
    Map<String, DType> types = new HashMap<>(part.tensors().types(layer));
    types.replaceAll((name, type) -> method.storedType(type));
    Map<String, NDArray> original = part.tensors().values(scope, layer);
    LayerContext context =
        new LayerContext(
            torch,
            scope,
            layer,
            part.before() + layer,
            stack.layout(),
            part.batches(),
            types,
            storage,
            part.runner(),
            new StatisticsGatherer(
                torch, part.runner(), stack.layout(), layer, method.statistics(), part.batches()),
            method.propagation() == Propagation.ORIGINAL && !part.batches().isEmpty(),
            original);
    method.compress(context);
    context.storeReplaced();
    part.tensors().write(writer, layer, context.unstored(), context.stored(), types);
    // The last layer's outputs are of use to a decoder only.
    if (part.read() || layer < stack.spec().layers() - 1) {
      propagate(
          part, layer, method.propagation() == Propagation.ORIGINAL ? original : null, context);
    }
    return context.outcomes();
  }

  /** Replaces each batch of activations by what the layer makes of it. */
  private void propagate(
      StackWalk part, int layer, @Nullable Map<String, NDArray> original, LayerContext context) {
    if (part.batches().isEmpty()) {
      return;
    }
    try (NDManager dequantized = context.scope().newSubManager();
        BoundLayer bound =
            part.runner().bind(layer, original == null ? context.values(dequantized) : original)) {
      for (LayerBatch batch : part.batches()) {
        try (NDManager scope = batch.activations().getManager().newSubManager()) {
          NDArray output = bound.output(scope, batch.activations(), batch.memory());
          script.run("overwrite", batch.activations(), output);
        }
      }
    }
  }

  private static List<NDArray> batches(NDManager walk, List<long[]> calibration) {
    int length = calibration.get(0).length;
    int perBatch = Math.max(1, BATCH_TOKENS / length);
    List<NDArray> batches = new ArrayList<>();
    for (int start = 0; start < calibration.size(); start += perBatch) {
      List<long[]> rows =
          calibration.subList(start, Math.min(calibration.size(), start + perBatch));
      long[] ids = rows.stream().flatMapToLong(Arrays::stream).toArray();
      batches.add(walk.create(ids, new Shape(rows.size(), length)));
    }
    return batches;
  }

  private NDArray half(NDManager walk, NDArray ids, boolean first) {
    long length = ids.getShape().get(1);
    if (length < 2) {
      throw new IllegalArgumentException("samples of " + length + " tokens cannot be halved");
    }
    return script.call(walk, first ? "first_half" : "second_half", ids, architecture.startToken());
  }

  /** What stands beside the layers; what belongs to nothing is left out. */
  private void writeOutsideLayers(
      CompressionMethod method, NDManager walk, CheckpointWriter writer) {
    ModelTensors model = new ModelTensors(source, architecture);
    for (String prefix : model.packedOutsideLayers()) {
      DType type = method.storedType(source.valueType(prefix));
      // No loader looks for a packed embedding; that of compressed-tensors is not written here.
      if (prefix.equals(architecture.names().head())) {
        writer.carry(source, prefix, type);
      } else {
        writer.unpack(source, prefix, type, model.linearOf(prefix + ".weight").isPresent());
      }
    }
    for (String name : model.plainOutsideLayers()) {
      try (NDManager scope = walk.newSubManager()) {
        NDArray tensor = source.tensor(torch, scope, name);
        DType stored = source.storedType(name);
        DType type = stored.isFloating() ? method.storedType(stored) : stored;
        NDArray cast = DenseValues.in(type, torch, scope, tensor, source, name);
        Optional<String> linear = model.linearOf(name);
        if (linear.isPresent()) {
          writer.putDense(linear.get(), cast);
        } else {
          writer.put(name, cast);
        }
      }
    }
  }
}
