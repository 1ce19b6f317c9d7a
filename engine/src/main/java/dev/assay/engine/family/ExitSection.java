package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.EarlyExits.Confidence;
import dev.assay.engine.model.EarlyExits.Exit;
import dev.assay.engine.model.EarlyExits.Point;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.weight.SchemeKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What Assay's section says of where tokens leave a stack. */
final class ExitSection {
  private static final String MEASURE = "measure";
  private static final String THRESHOLD = "threshold";
  private static final String EXITS = "exits";
  private static final String AFTER = "after";
  private static final String LEAVING = "leaving";
  private static final String CURVE = "curve";
  private static final String PERPLEXITY = "perplexity";
  private static final String MEAN_LAYERS = "mean_layers";
  private static final String FLOPS = "flops_per_token";

  private ExitSection() {}

  /** An entry of the section. */
  static EarlyExits read(SchemeKeys keys) {
    return new EarlyExits(
        measure(keys.text(MEASURE)),
        keys.number(THRESHOLD),
        each(keys, EXITS).map(exit -> new Exit(exit.integer(AFTER), exit.number(LEAVING))).toList(),
        each(keys, CURVE)
            .map(
                point ->
                    new Point(
                        point.number(THRESHOLD),
                        point.number(PERPLEXITY),
                        point.number(MEAN_LAYERS),
                        point.number(FLOPS)))
            .toList());
  }

  private static Confidence measure(String name) {
    return Stream.of(Confidence.values())
        .filter(each -> name(each).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    MEASURE
                        + ": found '"
                        + name
                        + "', expected one of "
                        + Stream.of(Confidence.values()).map(ExitSection::name).toList()));
  }

  private static String name(Confidence measure) {
    return measure.name().toLowerCase(Locale.ROOT);
  }

  private static Stream<SchemeKeys> each(SchemeKeys keys, String key) {
    JsonNode list = keys.node(key);
    if (!list.isArray()) {
      throw new IllegalArgumentException(key + ": found " + list + ", expected a list");
    }
    List<SchemeKeys> all = new ArrayList<>();
    list.forEach(each -> all.add(new SchemeKeys(each)));
    return all.stream();
  }

  /** The entries of a model. */
  static ArrayNode write(ModelSpec spec) {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < spec.stacks().size(); i++) {
      EarlyExits exits = spec.stacks().get(i).exits();
      if (exits != null) {
        write(entries.addObject().put("stack", i), exits);
      }
    }
    return entries;
  }

  private static void write(ObjectNode entry, EarlyExits exits) {
    entry.put(MEASURE, name(exits.measure())).put(THRESHOLD, exits.threshold());
    ArrayNode places = entry.putArray(EXITS);
    exits
        .exits()
        .forEach(exit -> places.addObject().put(AFTER, exit.after()).put(LEAVING, exit.leaving()));
    ArrayNode curve = entry.putArray(CURVE);
    exits
        .curve()
        .forEach(
            point ->
                curve
                    .addObject()
                    .put(THRESHOLD, point.threshold())
                    .put(PERPLEXITY, point.perplexity())
                    .put(MEAN_LAYERS, point.meanLayers())
                    .put(FLOPS, point.flops()));
  }
}
