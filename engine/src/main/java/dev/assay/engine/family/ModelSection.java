package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.AssaySection;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.FeedForwardSpec.Skipping;
import dev.assay.engine.model.FoldedNorms;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.SlicedStream;
import dev.assay.engine.model.Stack;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What the object {@code assay} of a configuration says of a model beside its weights: layers of
 * another shape than the configuration's own keys say, norms that were folded into what reads them,
 * linears that came by a bias, streams that were sliced, what is done to the inputs of linears, how
 * keys and values are cached, which experts tokens skip, and where they leave.
 */
final class ModelSection {
  private static final String LAYERS = "layers";
  private static final String FOLDED = "folded";
  private static final String BIASES = "biases";
  private static final String SLICED = "sliced";
  private static final String INPUTS = "inputs";
  private static final String CACHES = "caches";
  private static final String EXPERTS = "experts";
  private static final String EXITS = "exits";
  private static final String TIED = "tie_word_embeddings";

  /** The model that a configuration without the section describes. */
  private final Function<JsonNode, ModelSpec> plain;

  ModelSection(Function<JsonNode, ModelSpec> plain) {
    this.plain = plain;
  }

  /**
   * The model that a configuration with its section describes.
   *
   * @throws IllegalArgumentException if the section is not as it should be; the message names the
   *     key
   */
  ModelSpec read(JsonNode config) {
    ModelSpec spec = plain.apply(config);
    JsonNode section = config.path(AssaySection.KEY);
    try {
      requireKnown(section);
      spec = each(spec, section, LAYERS, (before, keys) -> shaped(before, config, keys));
      spec = each(spec, section, FOLDED, ModelSection::folded);
      spec = each(spec, section, BIASES, ModelSection::withBiases);
      spec = each(spec, section, SLICED, ModelSection::sliced);
      spec = each(spec, section, INPUTS, ModelSection::withInput);
      spec = each(spec, section, CACHES, ModelSection::withCache);
      spec = each(spec, section, EXPERTS, ModelSection::withSkipping);
      spec = each(spec, section, EXITS, ModelSection::withExits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(AssaySection.KEY + ": " + e.getMessage(), e);
    }
    return spec;
  }

  /** A model as the entries of a list change it, one after the other. */
  private static ModelSpec each(
      ModelSpec spec,
      JsonNode section,
      String key,
      BiFunction<ModelSpec, SchemeKeys, ModelSpec> change) {
    ModelSpec changed = spec;
    for (int i = 0; i < section.path(key).size(); i++) {
      try {
        changed = change.apply(changed, new SchemeKeys(section.path(key).get(i)));
      } catch (IllegalArgumentException e) {
        throw SchemeKeys.within("%s[%d]".formatted(key, i), e);
      }
    }
    return changed;
  }

  /** An object with lists under known keys, or nothing. */
  private static void requireKnown(JsonNode section) {
    if (section.isMissingNode()) {
      return;
    }
    if (!section.isObject()) {
      throw new IllegalArgumentException("found " + section + ", expected an object");
    }
    List<String> known =
        List.of(
            LAYERS, FOLDED, BIASES, SLICED, INPUTS, CACHES, EXPERTS, EXITS, AssaySection.WEIGHTS);
    for (var field : section.properties()) {
      if (!known.contains(field.getKey())) {
        throw new IllegalArgumentException(
            "unknown key '" + field.getKey() + "', expected some of " + known);
      }
      if (!field.getValue().isArray()) {
        throw new IllegalArgumentException(
            field.getKey() + ": found " + field.getValue() + ", expected a list");
      }
    }
  }

  private ModelSpec shaped(ModelSpec spec, JsonNode config, SchemeKeys keys) {
    int index = keys.integer(SectionEntries.STACK);
    Stack stack = stack(spec, index);
    ModelSpec other =
        keys.read(
            SectionEntries.SHAPE, shape -> plain.apply(LayerShapes.configuration(config, shape)));
    if (!other.stacks().get(index).spec().equals(stack.spec())) {
      throw new IllegalArgumentException(
          SectionEntries.SHAPE
              + ": found "
              + keys.node(SectionEntries.SHAPE)
              + ", which a layer of "
              + spec.family()
              + " cannot have beside others");
    }
    LayerSpec shape = other.stacks().get(index).layer(0);
    boolean headsShareTerms = stack.spec().positions() instanceof Positions.Relative;
    if (headsShareTerms && shape.attention().heads() != stack.layer(0).attention().heads()) {
      throw new IllegalArgumentException(
          SectionEntries.SHAPE
              + ": found another number of heads, expected that of all, as they share terms");
    }
    int window = keys.integer(SectionEntries.WINDOW);
    return changed(spec, keys, layer -> shape.withWindow(window));
  }

  private static ModelSpec folded(ModelSpec spec, SchemeKeys keys) {
    int index = keys.integer(SectionEntries.STACK);
    stack(spec, index);
    keys.requireNoOthers();
    ModelSpec folded = FoldedNorms.of(spec, index);
    if (folded.equals(spec)) {
      throw new IllegalArgumentException(
          SectionEntries.STACK
              + ": found "
              + index
              + ", expected one with norms of mean and variance");
    }
    return folded;
  }

  private static ModelSpec withBiases(ModelSpec spec, SchemeKeys keys) {
    List<String> linears = keys.texts(SectionEntries.LINEARS);
    return changed(
        spec,
        keys,
        layer -> {
          linears.forEach(layer::linear);
          return layer.withBiases(Set.copyOf(linears));
        });
  }

  private static ModelSpec sliced(ModelSpec spec, SchemeKeys keys) {
    int index = keys.integer(SectionEntries.STACK);
    stack(spec, index);
    SlicedStream stream =
        new SlicedStream(
            keys.integer(SectionEntries.STREAM_WIDTH), keys.number(SectionEntries.EPSILON));
    keys.requireNoOthers();
    return stream.of(spec, index);
  }

  private static ModelSpec withCache(ModelSpec spec, SchemeKeys keys) {
    CacheScheme scheme = keys.read(SectionEntries.CACHE, CacheScheme::of);
    return changed(spec, keys, layer -> layer.with(scheme));
  }

  private static ModelSpec withSkipping(ModelSpec spec, SchemeKeys keys) {
    Skipping skipping =
        new Skipping(
            keys.number(SectionEntries.SKIP_BELOW), keys.number(SectionEntries.MEAN_EXPERTS));
    return changed(
        spec,
        keys,
        layer -> {
          if (!layer.routed()) {
            throw new IllegalArgumentException(
                SectionEntries.SKIP_BELOW + ": found it of a layer without experts, expected some");
          }
          return layer.with(layer.feedForward().with(skipping));
        });
  }

  private static ModelSpec withExits(ModelSpec spec, SchemeKeys keys) {
    int index = keys.integer(SectionEntries.STACK);
    Stack stack = stack(spec, index);
    EarlyExits exits = ExitSection.read(keys);
    keys.requireNoOthers();
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new IllegalArgumentException(
          SectionEntries.STACK
              + ": found one of a model that does not continue text alone, expected one that does");
    }
    return spec.with(index, stack.with(exits));
  }

  private static ModelSpec withInput(ModelSpec spec, SchemeKeys keys) {
    InputScheme scheme = keys.read(SectionEntries.INPUT, InputScheme::of);
    List<String> linears = keys.texts(SectionEntries.LINEARS);
    return changed(spec, keys, layer -> withInput(layer, linears, scheme));
  }

  private static LayerSpec withInput(LayerSpec layer, List<String> linears, InputScheme scheme) {
    LayerSpec changed = layer;
    for (String name : linears) {
      LinearSpec linear = changed.linear(name).with(scheme);
      try {
        changed = changed.with(name, linear);
      } catch (IllegalArgumentException e) {
        throw SchemeKeys.within(SectionEntries.INPUT, e);
      }
    }
    return changed;
  }

  private static ModelSpec changed(
      ModelSpec spec, SchemeKeys keys, UnaryOperator<LayerSpec> change) {
    int index = keys.integer(SectionEntries.STACK);
    Stack stack = stack(spec, index);
    List<Integer> indices = keys.integers(SectionEntries.INDICES);
    if (indices.stream().distinct().count() < indices.size()) {
      throw new IllegalArgumentException(
          SectionEntries.INDICES + ": found " + indices + ", expected each layer once");
    }
    for (int layer : indices) {
      if (layer < 0 || layer >= stack.depth()) {
        throw new IllegalArgumentException(
            SectionEntries.INDICES + ": found " + layer + ", expected 0 to " + (stack.depth() - 1));
      }
      stack = stack.with(layer, change);
    }
    keys.requireNoOthers();
    return spec.with(index, stack);
  }

  private static Stack stack(ModelSpec spec, int index) {
    if (index < 0 || index >= spec.stacks().size()) {
      throw new IllegalArgumentException(
          SectionEntries.STACK
              + ": found "
              + index
              + ", expected 0 to "
              + (spec.stacks().size() - 1));
    }
    return spec.stacks().get(index);
  }

  /**
   * A configuration that says what a model is.
   *
   * @param config of the model that it came from
   * @throws IllegalArgumentException if no configuration can say it
   */
  ObjectNode write(JsonNode config, ModelSpec spec) {
    ObjectNode sized = StreamWidth.set(LayerCounts.set(config, spec), spec, plain);
    ObjectNode written = LayerShapes.written(sized, spec, plain);
    ObjectNode section =
        config.path(AssaySection.KEY) instanceof ObjectNode there
            ? there.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    ModelSpec own = plain.apply(written);
    if (own.spec().tiedHead() && !spec.spec().tiedHead()) {
      written.put(TIED, false);
      own = plain.apply(written);
    }
    set(section, LAYERS, SectionEntries.shapes(own, spec));
    set(section, FOLDED, SectionEntries.folded(own, spec));
    set(section, BIASES, SectionEntries.biases(own, spec));
    set(section, SLICED, SectionEntries.sliced(spec));
    set(section, INPUTS, SectionEntries.inputs(spec));
    set(section, CACHES, SectionEntries.caches(spec));
    set(section, EXPERTS, SectionEntries.skippings(spec));
    set(section, EXITS, ExitSection.write(spec));
    if (section.isEmpty()) {
      written.remove(AssaySection.KEY);
    } else {
      written.set(AssaySection.KEY, section);
    }
    requireSaid(written, spec);
    return written;
  }

  /**
   * Whether keys beside the section say of what shape the layers of a model are.
   *
   * @throws IllegalArgumentException if no configuration can say what it is
   */
  boolean saysLayers(JsonNode config, ModelSpec spec) {
    return !write(config, spec).path(AssaySection.KEY).has(LAYERS);
  }

  private void requireSaid(ObjectNode written, ModelSpec spec) {
    ModelSpec said = read(written).unformed();
    ModelSpec meant = spec.unformed();
    for (int i = 0; i < meant.stacks().size(); i++) {
      if (!said.stacks().get(i).layers().equals(meant.stacks().get(i).layers())
          || !said.stacks().get(i).spec().equals(meant.stacks().get(i).spec())
          || !Objects.equals(said.stacks().get(i).exits(), meant.stacks().get(i).exits())) {
        throw new IllegalArgumentException(
            "no configuration of " + spec.family() + " can say what stack " + i + " has become");
      }
    }
  }

  private static void set(ObjectNode section, String key, ArrayNode entries) {
    section.remove(key);
    if (!entries.isEmpty()) {
      section.set(key, entries);
    }
  }
}
