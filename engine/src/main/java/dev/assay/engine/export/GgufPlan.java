package dev.assay.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
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
  private static final String PREFIX = "transformer.";
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
    this.prefixed = source.names().stream().anyMatch(name -> name.startsWith(PREFIX));
  }

  /**
   * The tensors.
   *
   * @throws BadCheckpointException if one has no place in the format
   */
  List<PlannedTensor> tensors(TypeChoice choice) {
    List<TensorMapping> modules = architecture.modules(config);
    List<PlannedTensor> tensors = new ArrayList<>();
    for (TensorMapping module : modules) {
      if (!module.inLayer()) {
        add(tensors, module, 0, choice);
      }
    }
    int most = modules.stream().mapToInt(each -> architecture.layers(config, each)).max().orElse(0);
    for (int layer = 0; layer < most; layer++) {
      for (TensorMapping module : modules) {
        if (module.inLayer() && layer < architecture.layers(config, module)) {
          add(tensors, module, layer, choice);
        }
      }
    }
    requireComplete();
    return tensors;
  }

  private void add(
      List<PlannedTensor> tensors, TensorMapping module, int layer, TypeChoice choice) {
    int experts = module.perExpert() ? architecture.experts(config) : 1;
    for (String suffix : SUFFIXES) {
      List<SourceTensor> sources = new ArrayList<>();
      for (int expert = 0; expert < experts; expert++) {
        SourceTensor tensor =
            SourceTensor.find(source, published(module.huggingFace(layer, expert)), suffix);
        if (tensor != null) {
          planned.addAll(tensor.uses());
          sources.add(tensor);
        }
      }
      if (!sources.isEmpty()) {
        requireAll(sources, experts);
        tensors.add(PlannedTensor.of(torch, module.gguf(layer), module, sources, config, choice));
      }
    }
  }

  private String published(String prefix) {
    return !prefixed && prefix.startsWith(PREFIX) ? prefix.substring(PREFIX.length()) : prefix;
  }

  private void requireAll(List<SourceTensor> sources, int experts) {
    if (sources.size() != experts) {
      throw new BadCheckpointException(
          "%s: found '%s' of %d experts, expected all %d"
              .formatted(source.path(), sources.get(0).name(), sources.size(), experts));
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
