package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.LinearSpec;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.List;

/**
 * What a finished stage has made of a model beside its weights, so that an interrupted pipeline can
 * go on after it.
 *
 * @param config the model's configuration
 * @param origins for each stack the layers that its layers came from
 * @param formats for each layer of each stack, by linear, the format of its weight
 * @param linears what became of each linear
 * @param seconds wall time that it took
 * @param said of how it went, an object
 */
record StageState(
    JsonNode config,
    List<List<Integer>> origins,
    List<List<ObjectNode>> formats,
    List<LinearOutcome> linears,
    double seconds,
    JsonNode said) {
  private static final ObjectMapper JSON = new ObjectMapper();

  StageState {
    origins = origins.stream().map(List::copyOf).toList();
    formats = formats.stream().map(List::copyOf).toList();
    linears = List.copyOf(linears);
  }

  /** The state of a model after a stage. */
  static StageState of(
      WorkingModel model, List<LinearOutcome> linears, double seconds, JsonNode said) {
    List<List<ObjectNode>> formats = new ArrayList<>();
    for (Stack stack : model.spec().stacks()) {
      List<ObjectNode> layers = new ArrayList<>();
      stack
          .layers()
          .forEach(
              layer -> {
                ObjectNode names = JsonNodeFactory.instance.objectNode();
                layer.linears().forEach((name, linear) -> names.put(name, linear.format()));
                layers.add(names);
              });
      formats.add(layers);
    }
    return new StageState(
        new Families().configuration(model.checkpoint().config(), model.spec()),
        model.origins(),
        formats,
        linears,
        seconds,
        said);
  }

  /** As an object of JSON. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("config", config);
    json.set("origins", JSON.<JsonNode>valueToTree(origins));
    json.set("formats", JSON.<JsonNode>valueToTree(formats));
    json.set("linears", JSON.<JsonNode>valueToTree(linears));
    json.put("seconds", seconds);
    json.set("said", said);
    return json;
  }

  static StageState read(JsonNode json) {
    List<List<Integer>> origins = new ArrayList<>();
    for (JsonNode stack : json.path("origins")) {
      List<Integer> layers = new ArrayList<>();
      stack.forEach(layer -> layers.add(layer.asInt()));
      origins.add(layers);
    }
    List<List<ObjectNode>> formats = new ArrayList<>();
    for (JsonNode stack : json.path("formats")) {
      List<ObjectNode> layers = new ArrayList<>();
      stack.forEach(layer -> layers.add((ObjectNode) layer));
      formats.add(layers);
    }
    List<LinearOutcome> linears = new ArrayList<>();
    json.path("linears")
        .forEach((JsonNode linear) -> linears.add(JSON.convertValue(linear, LinearOutcome.class)));
    return new StageState(
        json.path("config"),
        origins,
        formats,
        linears,
        json.path("seconds").asDouble(),
        json.path("said"));
  }

  /** Makes a model what it was after the stage; its tensors' names stay what they are. */
  void restore(WorkingModel model) {
    ModelSpec said = new Families().architecture(config);
    ModelSpec spec = said;
    for (int i = 0; i < said.stacks().size(); i++) {
      TensorNames names = model.stack(i).names();
      if (said.stacks().get(i).names().find(ModelModule.EMBEDDING_NORM).isEmpty()) {
        names = names.without(ModelModule.EMBEDDING_NORM);
      }
      Stack stack = said.stacks().get(i).with(names);
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (var named : formats.get(i).get(layer).properties()) {
          String format = named.getValue().asText();
          stack =
              stack.with(
                  layer,
                  before -> {
                    LinearSpec linear = before.linear(named.getKey());
                    return before.with(named.getKey(), linear.in(format));
                  });
        }
      }
      spec = spec.with(i, stack);
    }
    model.restore(spec, origins);
  }
}
