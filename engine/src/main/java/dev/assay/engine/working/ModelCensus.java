package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleNames;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Counts what a model is made of, one stored weight in memory at a time. */
public final class ModelCensus {
  private static final String WEIGHT = ".weight";

  private final TorchSession torch;
  private final WorkingModel model;
  private final WorkingWeights weights;
  private final Checkpoint source;
  private final Map<String, Set<String>> worked;
  private final Sum all = new Sum();
  private final Sum linears = new Sum();
  private long before;
  private long now;

  private ModelCensus(TorchSession torch, WorkingModel model, Map<String, Set<String>> worked) {
    this.worked = worked;
    this.torch = torch;
    this.model = model;
    this.weights = model.weights();
    this.source = model.checkpoint();
  }

  private static final class Sum {
    private long parameters;
    private long zeros;
    private long bytes;
  }

  /**
   * Counts what no stage has worked on.
   *
   * @throws dev.assay.engine.config.BadInputException if a weight is missing or broken
   */
  public static ModelSize of(TorchSession torch, WorkingModel model) {
    return of(torch, model, Map.of());
  }

  /**
   * Counts.
   *
   * @param worked names of the linears that stages were to work on, by {@link #key}
   * @throws dev.assay.engine.config.BadInputException if a weight is missing or broken
   */
  public static ModelSize of(
      TorchSession torch, WorkingModel model, Map<String, Set<String>> worked) {
    ModelCensus census = new ModelCensus(torch, model, worked);
    for (int stack = 0; stack < model.spec().stacks().size(); stack++) {
      for (int layer = 0; layer < model.stack(stack).depth(); layer++) {
        census.layer(stack, layer);
      }
      census.before(stack);
    }
    census.beside();
    Sum linears = census.linears;
    return new ModelSize(
        census.all.parameters + linears.parameters,
        census.all.bytes + linears.bytes,
        new ModelSize.Linears(linears.parameters, linears.zeros, linears.bytes),
        new ModelSize.Compressed(census.before, census.now));
  }

  private void layer(int stack, int layer) {
    LayerLayout layout = model.stack(stack).layer(layer).layout();
    LayerWeights layers = weights.layers(stack);
    Map<String, DType> types = model.types(stack, layer);
    String key = weights.key(stack, layer);
    for (LayerModule which : layout.modules().keySet()) {
      try (NDManager scope = torch.manager().newSubManager()) {
        String name = String.valueOf(layout.modules().get(which));
        plain(layers.module(scope, layer, which), types.get(name));
        plain(layers.moduleBias(scope, layer, which), types.get(layout.bias(which).orElse(name)));
      }
    }
    for (List<Linear> parts : layout.stored().values()) {
      try (NDManager scope = torch.manager().newSubManager()) {
        boolean meant = isMeant(key, parts);
        List<StoredWeight> stored = new ArrayList<>();
        for (Linear part : parts) {
          stored.add(
              Objects.requireNonNull(
                  layers.linears(scope, layer, List.of(part)).get(part.name()), part.name()));
          layers
              .bias(scope, layer, part)
              .ifPresent(bias -> plain(bias, types.get(part.biasName())));
        }
        long counted = linears.parameters;
        linear(scope, parts, stored, types.get(parts.get(0).name()));
        now += meant ? linears.parameters - counted : 0;
      }
    }
  }

  /** Key of a layer of the checkpoint that the model came from. */
  public static String key(int stack, int origin) {
    return stack + "-" + origin;
  }

  private boolean isMeant(String key, List<Linear> parts) {
    Set<String> names = worked.getOrDefault(key, Set.of());
    return parts.stream().anyMatch(part -> names.contains(part.name()));
  }

  /** As it is stored: what shares a factor has it once. */
  private void linear(
      NDManager scope, List<Linear> parts, List<StoredWeight> stored, @Nullable DType type) {
    boolean joins =
        stored.size() > 1
            && stored.stream().noneMatch(StoredWeight::isDense)
            && stored.stream().map(Object::getClass).distinct().count() == 1;
    List<StoredWeight> counted =
        joins
            ? List.of(stored.get(0).joined(torch, scope, stored, ArtifactLayer.places(parts)))
            : stored;
    for (StoredWeight weight : counted) {
      linears.parameters += weight.parameters();
      linears.zeros += weight.parameters() - weight.products(torch, scope);
      linears.bytes +=
          weight.isDense() && type != null
              ? weight.parameters() * type.bytes()
              : weight.storedBytes();
    }
  }

  /** What the linears that stages were to work on were in the checkpoint. */
  private void before(int index) {
    Stack was = weights.base().stack(index);
    for (int origin = 0; origin < was.depth(); origin++) {
      for (Map.Entry<String, List<Linear>> stored :
          was.layer(origin).layout().stored().entrySet()) {
        if (isMeant(key(index, origin), stored.getValue())) {
          before += parameters(was.names().inLayer(origin, stored.getKey()), stored.getValue());
        }
      }
    }
  }

  private long parameters(String name, List<Linear> parts) {
    if (!source.isPacked(name)) {
      return parts.stream().mapToLong(part -> part.outFeatures() * part.inFeatures()).sum();
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      return source.linear(torch, scope, name).parameters();
    }
  }

  /** As it is written, see {@link ArtifactModel}. */
  private void beside() {
    ModelTensors tensors = new ModelTensors(source, weights.base().spec());
    Set<String> own = ModelModuleNames.of(model.spec());
    Set<String> names = new TreeSet<>(tensors.plainOutsideLayers());
    tensors.packedOutsideLayers().forEach(prefix -> names.add(prefix + WEIGHT));
    Set<String> gone = new TreeSet<>(ModelModuleNames.of(weights.base().spec()));
    gone.removeAll(own);
    names.removeAll(gone);
    names.addAll(own);
    for (String name : names) {
      try (NDManager scope = torch.manager().newSubManager()) {
        beside(scope, name, isCopy(name, own));
      }
    }
  }

  private void beside(NDManager scope, String name, boolean copy) {
    long counted = all.parameters;
    String prefix = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : "";
    boolean changed = weights.hasChangedLinear(WorkingWeights.beside(), prefix);
    if (!prefix.isEmpty() && (changed || source.isPacked(prefix))) {
      StoredWeight weight = weights.linear(scope, prefix);
      all.parameters += weight.parameters();
      all.bytes +=
          weight.isDense()
              ? weight.parameters() * type(name, prefix).bytes()
              : weight.storedBytes();
    } else if (weights.hasChangedValue(WorkingWeights.beside(), name)) {
      plain(weights.tensor(scope, name, null), type(name, prefix));
    } else if (source.has(name)) {
      plain(source.info(name).elements(), type(name, prefix));
    }
    if (copy) {
      all.parameters = counted;
    }
  }

  private DType type(String name, String prefix) {
    if (!prefix.isEmpty() && source.isPacked(prefix)) {
      return model.type(source.valueType(prefix));
    }
    return source.has(name) ? model.type(source.storedType(name)) : model.mainType();
  }

  /** A tied head, or a shared table, that a file holds once more. */
  private boolean isCopy(String name, Set<String> own) {
    boolean head =
        model.spec().stacks().stream()
            .flatMap(stack -> stack.names().find(ModelModule.HEAD).stream())
            .anyMatch(prefix -> name.equals(prefix + WEIGHT));
    return !own.contains(name) && (head || name.endsWith(".embed_tokens" + WEIGHT));
  }

  private void plain(@Nullable NDArray values, @Nullable DType type) {
    if (values != null) {
      plain(values.size(), type == null ? torch.tensors().typeOf(values) : type);
    }
  }

  private void plain(long elements, DType type) {
    all.parameters += type.isFloating() ? elements : 0;
    all.bytes += elements * type.bytes();
  }
}
