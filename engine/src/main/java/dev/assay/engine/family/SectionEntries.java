package dev.assay.engine.family;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.FeedForwardSpec.Skipping;
import dev.assay.engine.model.FoldedNorms;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.SlicedStream;
import dev.assay.engine.model.Stack;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The entries of Assay's section of a configuration that say what a model has become, and their
 * keys: entries that are alike stand once, with the layers of which they speak.
 */
final class SectionEntries {
  static final String EPSILON = "epsilon";
  static final String STACK = "stack";
  static final String INDICES = "indices";
  static final String STREAM_WIDTH = "width";
  static final String WINDOW = "sliding_window";
  static final String SHAPE = "shape";
  static final String INPUT = "input";
  static final String LINEARS = "linears";
  static final String CACHE = "cache";
  static final String SKIP_BELOW = "skip_below";
  static final String MEAN_EXPERTS = "mean_experts_per_token";

  private SectionEntries() {}

  /** Stacks whose norms were folded. */
  static ArrayNode folded(ModelSpec own, ModelSpec spec) {
    ArrayNode stacks = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < spec.stacks().size(); i++) {
      if (spec.stacks().get(i).spec().norm().kind() != own.stacks().get(i).spec().norm().kind()) {
        stacks.addObject().put(STACK, i);
      }
    }
    return stacks;
  }

  /** Stacks whose stream was sliced. */
  static ArrayNode sliced(ModelSpec spec) {
    ArrayNode stacks = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < spec.stacks().size(); i++) {
      SlicedStream stream = spec.stacks().get(i).spec().sliced();
      if (stream != null) {
        stacks
            .addObject()
            .put(STACK, i)
            .put(STREAM_WIDTH, stream.width())
            .put(EPSILON, stream.epsilon());
      }
    }
    return stacks;
  }

  /** Layers of another shape than the configuration's own keys say. */
  static ArrayNode shapes(ModelSpec own, ModelSpec spec) {
    Gathered gathered = new Gathered();
    for (int i = 0; i < spec.stacks().size(); i++) {
      Stack stack = spec.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerSpec is = stack.layer(layer);
        LayerSpec said = own.stacks().get(i).layer(layer);
        if (!is.attention().equals(said.attention())
            || !is.feedForward().with(null).equals(said.feedForward())) {
          ObjectNode entry = JsonNodeFactory.instance.objectNode();
          entry.set(SHAPE, LayerShapes.of(is));
          entry.put(WINDOW, is.attention().window());
          gathered.add(i, entry, layer);
        }
      }
    }
    return gathered.entries();
  }

  /** The model with those norms folded that another has folded. */
  private static ModelSpec withFolded(ModelSpec own, ModelSpec spec) {
    ModelSpec like = own;
    for (int i = 0; i < spec.stacks().size(); i++) {
      if (spec.stacks().get(i).spec().norm().kind() != own.stacks().get(i).spec().norm().kind()) {
        like = FoldedNorms.of(like, i);
      }
    }
    return like;
  }

  /** Linears that came by a bias. */
  static ArrayNode biases(ModelSpec plain, ModelSpec spec) {
    ModelSpec own = withFolded(plain, spec);
    Gathered gathered = new Gathered();
    for (int i = 0; i < spec.stacks().size(); i++) {
      Stack stack = spec.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        Set<String> said = biased(own.stacks().get(i).layer(layer));
        Set<String> more = biased(stack.layer(layer));
        more.removeAll(said);
        if (!more.isEmpty()) {
          ObjectNode entry = JsonNodeFactory.instance.objectNode();
          more.forEach(entry.putArray(LINEARS)::add);
          gathered.add(i, entry, layer);
        }
      }
    }
    return gathered.entries();
  }

  private static Set<String> biased(LayerSpec layer) {
    return layer
        .layout()
        .parts()
        .filter(Linear::biased)
        .map(Linear::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What is done to the inputs of linears. */
  static ArrayNode inputs(ModelSpec spec) {
    Gathered gathered = new Gathered();
    for (int i = 0; i < spec.stacks().size(); i++) {
      List<LayerSpec> layers = spec.stacks().get(i).layers();
      for (int layer = 0; layer < layers.size(); layer++) {
        Map<InputScheme, Set<String>> alike = new LinkedHashMap<>();
        LayerSpec is = layers.get(layer);
        is.layout()
            .linears()
            .filter(name -> !(is.linear(name).input() instanceof PlainInput))
            .forEach(
                name ->
                    alike.computeIfAbsent(is.linear(name).input(), s -> new TreeSet<>()).add(name));
        for (Map.Entry<InputScheme, Set<String>> some : alike.entrySet()) {
          ObjectNode entry = JsonNodeFactory.instance.objectNode();
          entry.set(INPUT, some.getKey().json());
          some.getValue().forEach(entry.putArray(LINEARS)::add);
          gathered.add(i, entry, layer);
        }
      }
    }
    return gathered.entries();
  }

  /** How keys and values are cached, where they are in some form. */
  static ArrayNode caches(ModelSpec spec) {
    Gathered gathered = new Gathered();
    for (int i = 0; i < spec.stacks().size(); i++) {
      List<LayerSpec> layers = spec.stacks().get(i).layers();
      for (int layer = 0; layer < layers.size(); layer++) {
        CacheScheme cache = layers.get(layer).cache();
        if (!(cache instanceof DenseCache)) {
          ObjectNode entry = JsonNodeFactory.instance.objectNode();
          entry.set(CACHE, cache.json());
          gathered.add(i, entry, layer);
        }
      }
    }
    return gathered.entries();
  }

  /** Layers whose tokens skip experts. */
  static ArrayNode skippings(ModelSpec spec) {
    Gathered gathered = new Gathered();
    for (int i = 0; i < spec.stacks().size(); i++) {
      List<LayerSpec> layers = spec.stacks().get(i).layers();
      for (int layer = 0; layer < layers.size(); layer++) {
        Skipping skipping = layers.get(layer).feedForward().skipping();
        if (skipping != null) {
          ObjectNode entry = JsonNodeFactory.instance.objectNode();
          entry.put(SKIP_BELOW, skipping.below());
          entry.put(MEAN_EXPERTS, skipping.expertsPerToken());
          gathered.add(i, entry, layer);
        }
      }
    }
    return gathered.entries();
  }

  /** Entries that are alike, with the layers of which they speak. */
  private static final class Gathered {
    private final Map<ObjectNode, List<Integer>> layers = new LinkedHashMap<>();

    void add(int stack, ObjectNode entry, int layer) {
      layers.computeIfAbsent(entry.put(STACK, stack), e -> new ArrayList<>()).add(layer);
    }

    ArrayNode entries() {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      layers.forEach(
          (entry, indices) -> {
            ObjectNode whole = entry.deepCopy();
            indices.forEach(whole.putArray(INDICES)::add);
            all.add(whole);
          });
      return all;
    }
  }
}
