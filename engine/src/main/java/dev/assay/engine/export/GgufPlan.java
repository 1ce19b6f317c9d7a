package dev.assay.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufArchitecture;
import dev.assay.engine.checkpoint.gguf.TensorMapping;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which tensor of a checkpoint becomes which of a GGUF file, in the file's order: modules outside
 * layers, then layer by layer, of each module the weight before the bias.
 */
final class GgufPlan {
  private static final String GPT2_PREFIX = "transformer.";
  private static final List<String> SUFFIXES = List.of("weight", "bias");

  /** Buffers that older versions of Hugging Face's library stored beside the parameters. */
  private static final List<String> BUFFERS = List.of(".inv_freq", ".attn.bias", ".masked_bias");

  private final TorchSession torch;
  private final Checkpoint source;
  private final GgufArchitecture architecture;
  private final JsonNode config;
  private final boolean prefixed;
  private final Set<String> planned = new HashSet<>();

  GgufPlan(TorchSession torch, Checkpoint source, GgufArchitecture architecture) {
    this.torch = torch;
    this.source = source;
    this.architecture = architecture;
    this.config = source.config();
    this.prefixed = source.names().stream().anyMatch(name -> name.startsWith(GPT2_PREFIX));
  }

  /**
   * The tensors.
   *
   * @throws BadCheckpointException if one has no place in the format
   */
  List<PlannedTensor> tensors(GgmlType matrices) {
    List<TensorMapping> modules = architecture.modules();
    List<PlannedTensor> tensors = new ArrayList<>();
    for (TensorMapping module : modules) {
      if (!module.inLayer()) {
        add(tensors, module, 0, matrices);
      }
    }
    for (int layer = 0; layer < architecture.layers(config); layer++) {
      for (TensorMapping module : modules) {
        if (module.inLayer()) {
          add(tensors, module, layer, matrices);
        }
      }
    }
    requireComplete();
    return tensors;
  }

  private void add(
      List<PlannedTensor> tensors, TensorMapping module, int layer, GgmlType matrices) {
    String prefix = module.huggingFace(layer);
    if (!prefixed && prefix.startsWith(GPT2_PREFIX)) {
      prefix = prefix.substring(GPT2_PREFIX.length());
    }
    for (String suffix : SUFFIXES) {
      SourceTensor tensor = SourceTensor.find(source, prefix, suffix);
      if (tensor != null) {
        planned.addAll(tensor.uses());
        tensors.add(PlannedTensor.of(torch, module.gguf(layer), module, tensor, config, matrices));
      }
    }
  }

  private void requireComplete() {
    for (String name : source.names()) {
      if (!planned.contains(name) && BUFFERS.stream().noneMatch(name::endsWith)) {
        throw new BadCheckpointException(
            source.path()
                + ": tensor '"
                + name
                + "': found where GGUF's architecture "
                + architecture.name()
                + " has no place for it");
      }
    }
  }
}
