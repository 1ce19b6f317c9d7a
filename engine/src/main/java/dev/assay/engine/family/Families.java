package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.model.KeyValueScales;
import dev.assay.engine.model.ModelShapes;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelTensors;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The families that this build can run. */
public final class Families {
  private final List<Family> families;

  public Families() {
    this.families =
        ServiceLoader.load(Family.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /**
   * The transformer that a configuration describes.
   *
   * @throws IllegalArgumentException if no family fits or the configuration is not of its family;
   *     the message names the key, what was found and what was expected
   */
  public ModelSpec architecture(JsonNode config) {
    return section().read(config);
  }

  /**
   * A configuration that says what a model is.
   *
   * @param config of the model that it came from
   * @throws IllegalArgumentException if no configuration can say it
   */
  public ObjectNode configuration(JsonNode config, ModelSpec spec) {
    return section().write(config, spec);
  }

  /**
   * Whether the keys of a model's family say of what shape its layers are, so that Assay's section
   * does not have to.
   *
   * @param config of the model that it came from
   * @throws IllegalArgumentException if no configuration can say what the model is
   */
  public boolean saysLayers(JsonNode config, ModelSpec spec) {
    return section().saysLayers(config, spec);
  }

  /**
   * A configuration of a model of the same family, of other sizes and without anything that was
   * done to the one that it came from.
   *
   * @throws IllegalArgumentException if the family cannot have a model of that shape
   */
  public ObjectNode reshaped(JsonNode config, WantedShape wanted) {
    return new ReshapedConfiguration(this::plain).of(config, wanted);
  }

  private ModelSection section() {
    return new ModelSection(this::plain);
  }

  /** The transformer of a configuration's own keys. */
  private ModelSpec plain(JsonNode config) {
    String type = config.path("model_type").asText("");
    return families.stream()
        .filter(family -> family.modelType().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model_type: found '" + type + "', expected one of " + names()))
        .architecture(config);
  }

  /**
   * The transformer that a checkpoint holds. Its tensors may lack the first part of their names, as
   * those that were saved without the head on top.
   *
   * @throws BadCheckpointException if its configuration is of no known family, or not as its family
   *     wants it, or its tensors are not of the shapes that it implies
   */
  public ModelSpec architecture(Checkpoint checkpoint) {
    ModelSpec architecture;
    try {
      architecture = named(architecture(checkpoint.config()), checkpoint);
    } catch (IllegalArgumentException e) {
      throw new BadCheckpointException(checkpoint.configuration() + ": " + e.getMessage(), e);
    }
    ModelShapes.require(checkpoint, architecture);
    try {
      return ActivationForms.of(
          checkpoint, new KeyValueScales(checkpoint).of(WeightForms.of(checkpoint, architecture)));
    } catch (IllegalArgumentException e) {
      throw new BadCheckpointException(checkpoint.configuration() + ": " + e.getMessage(), e);
    }
  }

  private static ModelSpec named(ModelSpec architecture, Checkpoint checkpoint) {
    String embedding = architecture.names().embedding();
    int dot = embedding.indexOf('.');
    if (checkpoint.has(embedding + ".weight") || checkpoint.isPacked(embedding) || dot < 0) {
      return architecture;
    }
    String prefix = embedding.substring(0, dot + 1);
    return checkpoint.has(embedding.substring(dot + 1) + ".weight")
        ? architecture.stripped(prefix)
        : architecture;
  }

  /**
   * A checkpoint without the tensors that belong to nothing in its model, which its notes name; as
   * it is, if it is of no known family.
   */
  public Checkpoint belonging(Checkpoint checkpoint) {
    return tensors(checkpoint).map(ModelTensors::only).orElse(checkpoint);
  }

  /** Prefixes of the linears whose dense weight is [in, out]; none if the family is not known. */
  public Set<String> transposed(Checkpoint checkpoint) {
    return tensors(checkpoint).map(ModelTensors::transposed).orElse(Set.of());
  }

  /** See {@link ModelTensors#divisors}; none if the family is not known. */
  public SortedMap<String, String> divisors(Checkpoint checkpoint) {
    return tensors(checkpoint).map(ModelTensors::divisors).orElse(new TreeMap<>());
  }

  private Optional<ModelTensors> tensors(Checkpoint checkpoint) {
    String type = checkpoint.config().path("model_type").asText("");
    return names().contains(type)
        ? Optional.of(new ModelTensors(checkpoint, architecture(checkpoint)))
        : Optional.empty();
  }

  /** All model types, in alphabetical order. */
  public List<String> names() {
    return families.stream().map(Family::modelType).sorted().toList();
  }
}
