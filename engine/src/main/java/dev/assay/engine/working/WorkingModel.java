package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModuleNames;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearSpec;
import dev.assay.engine.model.MainType;
import dev.assay.engine.model.ModelModuleNames;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model on its way through the stages of a recipe: what it is now, its weights as they are read
 * from the checkpoint that it came from, and over them what stages changed. Changes go to the disk
 * layer by layer, so that memory holds no more than what is read at the moment, and a stage that
 * was interrupted finds what it had done. Nothing is rounded to the checkpoint's types here; each
 * tensor has the type that it is to have in the artifact.
 */
public final class WorkingModel implements ModelWeights {
  private static final String WEIGHT = ".weight";

  private final TorchSession torch;
  private final CheckpointWeights base;
  private final Path directory;
  private final WeightFormats formats;
  private final List<Overlay> overlays = new ArrayList<>();
  private final List<List<Integer>> origins = new ArrayList<>();
  private UnaryOperator<DType> cast = UnaryOperator.identity();
  private boolean keepsUnrounded;
  private ModelSpec spec;

  /**
   * The model as it is in a checkpoint.
   *
   * @param directory where changes go; what an interrupted run left there is taken up
   */
  public WorkingModel(
      TorchSession torch,
      Checkpoint source,
      ModelSpec spec,
      WeightFormats formats,
      Path directory) {
    this.torch = torch;
    this.base = new CheckpointWeights(torch, source, spec);
    this.spec = spec;
    this.formats = formats;
    this.directory = directory;
    for (Stack stack : spec.stacks()) {
      origins.add(IntStream.range(0, stack.depth()).boxed().toList());
    }
  }

  /** Begins a stage: what is changed from now on counts as its. */
  public void beginStage() {
    beginStage(false);
  }

  /**
   * The same.
   *
   * @param keepsUnrounded whether a later stage wants {@link #unrounded}
   */
  public void beginStage(boolean keepsUnrounded) {
    this.keepsUnrounded = keepsUnrounded;
    overlays.add(new Overlay(torch, formats, directory.resolve(String.valueOf(overlays.size()))));
  }

  /** Forgets what the stage at hand has changed, in this run or one that was interrupted. */
  public void restartStage() {
    last().clear();
  }

  /**
   * What the stage at hand said when it was done, in a run that was interrupted later; nothing if
   * it was not.
   */
  public Optional<JsonNode> finished() {
    return last().finished();
  }

  /**
   * Ends a stage.
   *
   * @param state what {@link #finished} is to say
   */
  public void finishStage(JsonNode state) {
    last().finish(state);
  }

  private Overlay last() {
    if (overlays.isEmpty()) {
      throw new IllegalStateException("no stage has begun");
    }
    return overlays.get(overlays.size() - 1);
  }

  /** The checkpoint that it came from, as it is and stays. */
  public CheckpointWeights original() {
    return base;
  }

  /** The weights as they are now. */
  public ModelWeights now() {
    return weights();
  }

  /** The weights as they were before the stage at hand, in what the model is now. */
  public ModelWeights before() {
    return weights(overlays.size() - 1);
  }

  /** Whether the stage at hand is to say what linears were before it rounded them. */
  public boolean keepsUnrounded() {
    return keepsUnrounded;
  }

  /**
   * A linear of a layer as it was before a stage stored it in another form than value by value,
   * with the factors that that stage moved first; one that the stage at hand finds so as it is.
   */
  public StoredWeight unrounded(NDManager owner, int stack, int layer, Linear linear) {
    String key = weights().key(stack, layer);
    int stage = overlays.size() - 1;
    StoredWeight formed = linear(owner, stage, stack, layer, linear);
    while (!formed.isDense()) {
      stage = weights(stage).lastChange(key, linear.name());
      if (stage < 0) {
        break;
      }
      Optional<NDArray> values =
          overlays.get(stage).part(key).flatMap(part -> part.unrounded(owner, linear.name()));
      if (values.isPresent()) {
        return new DenseWeight(values.get(), DType.FLOAT32);
      }
      formed = linear(owner, stage, stack, layer, linear);
    }
    return formed;
  }

  /** A linear as it was after some stages. */
  private StoredWeight linear(NDManager owner, int stages, int stack, int layer, Linear linear) {
    return Objects.requireNonNull(
        weights(stages).layers(stack).linears(owner, layer, List.of(linear)).get(linear.name()),
        linear.name());
  }

  WorkingWeights weights() {
    return weights(overlays.size());
  }

  private WorkingWeights weights(int stages) {
    return new WorkingWeights(base, spec, origins, overlays.subList(0, stages));
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public LayerWeights layers(int stack) {
    return now().layers(stack);
  }

  @Override
  public NDArray tensor(NDManager owner, String name, @Nullable Shape expected) {
    return now().tensor(owner, name, expected);
  }

  @Override
  public StoredWeight linear(NDManager owner, String prefix) {
    return now().linear(owner, prefix);
  }

  @Override
  public Checkpoint checkpoint() {
    return base.checkpoint();
  }

  /**
   * Makes the model another one of the same layers: other schemes, or other shapes, whose weights
   * are then to be put.
   *
   * @throws IllegalArgumentException if it has another number of layers
   */
  public void reshape(ModelSpec other) {
    if (other.kind() != spec.kind() || !other.family().equals(spec.family())) {
      throw new IllegalArgumentException(
          "found a model of " + other.family() + ", expected one of " + spec.family());
    }
    for (int i = 0; i < spec.stacks().size(); i++) {
      if (other.stacks().get(i).depth() != spec.stacks().get(i).depth()) {
        throw new IllegalArgumentException(
            "found %d layers, expected %d: they are dropped by keepLayers"
                .formatted(other.stacks().get(i).depth(), spec.stacks().get(i).depth()));
      }
    }
    spec = other;
  }

  /** Changes what one layer is. */
  public void reshape(int stack, int layer, UnaryOperator<LayerSpec> change) {
    spec = spec.with(stack, spec.stacks().get(stack).with(layer, change));
  }

  /**
   * Drops layers.
   *
   * @param kept the indices of the others, rising, at least one
   */
  public void keepLayers(int stack, List<Integer> kept) {
    Stack whole = spec.stacks().get(stack);
    boolean rising = kept.equals(kept.stream().distinct().sorted().toList());
    if (kept.isEmpty()
        || !rising
        || kept.get(0) < 0
        || kept.get(kept.size() - 1) >= whole.depth()) {
      throw new IllegalArgumentException(
          "layers: found " + kept + ", expected some of 0 to " + (whole.depth() - 1) + ", rising");
    }
    List<Integer> theirs = origins.get(stack);
    origins.set(stack, kept.stream().map(theirs::get).toList());
    spec = spec.with(stack, whole.with(kept.stream().map(whole::layer).toList()));
  }

  /** For each stack the layers of the checkpoint that its layers came from. */
  public List<List<Integer>> origins() {
    return Collections.unmodifiableList(origins);
  }

  /**
   * Takes up what the model was when a finished stage ended.
   *
   * @param origins as {@link #origins()} was
   */
  public void restore(ModelSpec other, List<List<Integer>> origins) {
    this.spec = other;
    this.origins.clear();
    this.origins.addAll(origins);
  }

  /** Gives dense tensors other types in the artifact. */
  public void cast(UnaryOperator<DType> other) {
    UnaryOperator<DType> before = cast;
    cast = type -> other.apply(before.apply(type));
  }

  /** The type that a tensor of the artifact has in place of the one that it had. */
  public DType type(DType before) {
    return before.isFloating() ? cast.apply(before) : before;
  }

  /**
   * The type in which a tensor beside the layers is stored in the artifact where it is dense: that
   * of most numbers where the checkpoint has none, as for a head that was tied.
   *
   * @param name its full name
   */
  public DType typeBeside(String name) {
    String prefix = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : "";
    if (!prefix.isEmpty() && base.checkpoint().isPacked(prefix)) {
      return type(base.checkpoint().valueType(prefix));
    }
    return base.checkpoint().has(name) ? type(base.checkpoint().storedType(name)) : mainType();
  }

  /** The type of most of the artifact's numbers. */
  public DType mainType() {
    return type(MainType.of(base.checkpoint(), base.spec().main()));
  }

  /**
   * The types in which a layer's values are stored in the artifact where they are dense, by name.
   */
  public Map<String, DType> types(int stack, int layer) {
    Map<String, DType> types = new LinkedHashMap<>();
    base.layers(stack)
        .types(origins.get(stack).get(layer))
        .forEach((name, type) -> types.put(name, type(type)));
    LayerLayout layout = spec.stacks().get(stack).layer(layer).layout();
    // What a layer has come by is of the type of its first weight, a bias of that of its own.
    DType first = layout.linears().findFirst().map(types::get).orElseThrow();
    LayerModuleNames.of(layout).keySet().forEach(name -> types.putIfAbsent(name, first));
    layout
        .parts()
        .filter(Linear::biased)
        .forEach(
            linear -> {
              DType weight = types.get(linear.name());
              if (weight != null) {
                types.putIfAbsent(linear.biasName(), weight);
              }
            });
    return types;
  }

  /** Whether the stage at hand has put something for a layer, before it was interrupted perhaps. */
  public Optional<JsonNode> notes(int stack, int layer) {
    return last().part(weights().key(stack, layer)).map(Overlay.Part::notes);
  }

  /**
   * Puts what a stage made of a layer, in addition to what it made of it before.
   *
   * @param notes what is to be known if the stage is interrupted and goes on
   */
  public void put(int stack, int layer, LayerChanges changes, JsonNode notes) {
    LayerLayout layout = spec.stacks().get(stack).layer(layer).layout();
    require(changes.linears().keySet(), layout.names());
    require(changes.values().keySet(), values(layout));
    require(changes.unrounded().keySet(), layout.names());
    last().put(weights().key(stack, layer), changes, notes);
    changes
        .linears()
        .forEach(
            (name, weight) ->
                reshape(
                    stack,
                    layer,
                    before -> before.with(name, formed(before.linear(name), weight))));
  }

  /** Names of what a layer has beside its linears' weights. */
  private static Set<String> values(LayerLayout layout) {
    Set<String> names = new TreeSet<>(LayerModuleNames.of(layout).keySet());
    layout.parts().filter(Linear::biased).map(Linear::biasName).forEach(names::add);
    return names;
  }

  private static void require(Set<String> found, Set<String> known) {
    for (String name : found) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "found changes of '" + name + "', expected of some of " + new TreeSet<>(known));
      }
    }
  }

  private static LinearSpec formed(LinearSpec before, StoredWeight weight) {
    return before.in(weight.format());
  }

  /**
   * Puts what a stage made of what stands beside the layers.
   *
   * @param changes values by the full names of their tensors, linears and embeddings by their
   *     prefixes
   */
  public void putBeside(LayerChanges changes) {
    ModelTensors tensors = new ModelTensors(base.checkpoint(), base.spec());
    Set<String> values = new TreeSet<>(tensors.plainOutsideLayers());
    tensors.packedOutsideLayers().forEach(prefix -> values.add(prefix + WEIGHT));
    Set<String> linears =
        values.stream()
            .flatMap(name -> tensors.linearOf(name).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    spec.stacks().forEach(stack -> linears.add(stack.names().embedding()));
    values.addAll(ModelModuleNames.of(spec));
    if (!spec.spec().tiedHead()) {
      linears.add(spec.names().head());
    }
    require(changes.values().keySet(), values);
    require(changes.linears().keySet(), linears);
    last().put(WorkingWeights.beside(), changes, JsonNodeFactory.instance.objectNode());
  }
}
