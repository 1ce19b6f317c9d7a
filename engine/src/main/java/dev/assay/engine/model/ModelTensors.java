package dev.assay.engine.model;

import dev.assay.engine.checkpoint.Checkpoint;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which tensors of a checkpoint belong to its model: those of the layers that the configuration
 * counts and of what stands beside them. Others, such as further layers or adapters, belong to
 * nothing.
 */
public final class ModelTensors {
  private static final List<String> PLAIN = List.of(".weight", ".bias");

  /** What models that fill gaps or put text into classes have on top; not all of it is run. */
  private static final List<String> ON_TOP = List.of("cls.", "classifier.", "pooler.");

  private final Checkpoint checkpoint;
  private final SortedMap<String, Set<String>> packed = new TreeMap<>();
  private final NavigableSet<String> inLayers = new TreeSet<>();
  private final NavigableSet<String> outside = new TreeSet<>();
  private final Set<String> packedOutside = new TreeSet<>();
  private final Set<String> linears = new HashSet<>();
  private final Set<String> transposed = new TreeSet<>();
  private final Set<String> routers = new TreeSet<>();
  private final SortedMap<String, String> divisors = new TreeMap<>();

  /**
   * Looks through a checkpoint's names.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if a packed linear of the
   *     model does not fit the configuration; others may be as they like
   */
  public ModelTensors(Checkpoint checkpoint, ModelSpec architecture) {
    this.checkpoint = checkpoint;
    for (Stack stack : architecture.stacks()) {
      layers(stack);
      stack.names().modules().forEach(this::module);
    }
    onTop(architecture);
  }

  private void layers(Stack stack) {
    for (int layer = 0; layer < stack.depth(); layer++) {
      LayerLayout layout = stack.layer(layer).layout();
      for (Map.Entry<String, List<Linear>> stored : layout.stored().entrySet()) {
        String name = stack.names().inLayer(layer, stored.getKey());
        inLayers.addAll(tensors(name));
        if (stored.getValue().get(0).transposed()) {
          transposed.add(name);
        }
      }
      for (Map.Entry<LayerModule, String> module : layout.modules().entrySet()) {
        String name = stack.names().inLayer(layer, module.getValue());
        inLayers.addAll(tensors(name));
        if (checkpoint.has(name + module.getKey().suffix())) {
          inLayers.add(name + module.getKey().suffix());
        }
      }
      divisors(stack, layer);
      String router = layout.modules().get(LayerModule.ROUTER);
      if (router != null) {
        routers.add(stack.names().inLayer(layer, router));
      }
    }
  }

  private void divisors(Stack stack, int layer) {
    LayerLayout layout = stack.layer(layer).layout();
    String activation = layout.modules().get(LayerModule.ACTIVATION);
    for (Folding folding : layout.foldings()) {
      if (activation != null && folding.source() instanceof Source.Activation) {
        String scales = stack.names().inLayer(layer, activation) + LayerModule.ACTIVATION.suffix();
        String reader = layout.linear(folding.linears().get(0)).tensor();
        if (checkpoint.has(scales)) {
          divisors.put(stack.names().inLayer(layer, reader), scales);
        }
      }
    }
  }

  private void module(ModelModule which, String prefix) {
    outside.addAll(tensors(prefix));
    if (!packed(prefix).isEmpty()) {
      packedOutside.add(prefix);
    }
    if (which == ModelModule.HEAD
        || which == ModelModule.PROJECT_IN
        || which == ModelModule.PROJECT_OUT) {
      linears.add(prefix);
    }
  }

  private void onTop(ModelSpec architecture) {
    if (architecture.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      // Some checkpoints hold the shared table once more for each stack.
      Stream.of("encoder", "decoder")
          .map(stack -> stack + ".embed_tokens.weight")
          .filter(checkpoint::has)
          .forEach(outside::add);
    }
    if (architecture.kind() == ModelSpec.Kind.MASKED
        || architecture.kind() == ModelSpec.Kind.CLASSIFIER) {
      List<String> onTop =
          checkpoint.names().stream()
              .filter(name -> ON_TOP.stream().anyMatch(top -> ("." + name).contains("." + top)))
              .filter(name -> !inLayers.contains(name))
              .toList();
      outside.addAll(onTop);
      onTop.stream()
          .filter(name -> name.indexOf('.') > 0)
          .map(name -> name.substring(0, name.lastIndexOf('.')))
          .filter(module -> !packed(module).isEmpty())
          .forEach(packedOutside::add);
    }
  }

  private Set<String> tensors(String prefix) {
    Set<String> tensors = new TreeSet<>(packed(prefix));
    PLAIN.stream().map(prefix::concat).filter(checkpoint::has).forEach(tensors::add);
    return tensors;
  }

  private Set<String> packed(String prefix) {
    return packed.computeIfAbsent(prefix, checkpoint::packedTensors);
  }

  /** Prefixes of the linears whose dense weight is [in, out]; packed ones are [out, in] always. */
  public Set<String> transposed() {
    return Collections.unmodifiableSet(transposed);
  }

  /**
   * Prefixes of the linears whose input is divided channel by channel, by the name of the tensor
   * that says by what.
   */
  public SortedMap<String, String> divisors() {
    return Collections.unmodifiableSortedMap(divisors);
  }

  /** Prefixes of what stands beside the layers and is packed. */
  public Set<String> packedOutsideLayers() {
    return Collections.unmodifiableSet(packedOutside);
  }

  /** Names of the tensors beside the layers whose elements are values. */
  public NavigableSet<String> plainOutsideLayers() {
    NavigableSet<String> plain = new TreeSet<>(outside);
    plain.removeAll(inLayers);
    packedOutside.forEach(prefix -> plain.removeAll(packed(prefix)));
    return plain;
  }

  /** Modules beside the layers' linears that loaders take for linears too. */
  public NavigableSet<String> linears() {
    NavigableSet<String> all = new TreeSet<>(routers);
    outside.stream().map(this::linearOf).flatMap(Optional::stream).forEach(all::add);
    return all;
  }

  /** The module of which a tensor is the weight, where loaders take it for a linear. */
  public Optional<String> linearOf(String name) {
    boolean weight = name.endsWith(".weight");
    String module = weight ? name.substring(0, name.length() - ".weight".length()) : name;
    boolean linear =
        weight
            && (linears.contains(module) || ("." + module).matches(".*[.](dense|classifier)"))
            && (!packed(module).isEmpty() || checkpoint.info(name).shape().dimension() == 2);
    return linear ? Optional.of(module) : Optional.empty();
  }

  /** The checkpoint without the tensors that belong to nothing; its notes name them. */
  public Checkpoint only() {
    return checkpoint.without(strays());
  }

  /** Names of the tensors that belong to nothing. */
  public NavigableSet<String> strays() {
    NavigableSet<String> strays = new TreeSet<>(checkpoint.names());
    strays.removeAll(inLayers);
    strays.removeAll(outside);
    // They are part of what the model is, and no tensors of its own.
    strays.removeAll(new KeyValueScales(checkpoint).names());
    return strays;
  }
}
