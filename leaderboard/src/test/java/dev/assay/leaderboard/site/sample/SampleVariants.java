package dev.assay.leaderboard.site.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Results that differ from the sample's in what a test needs. */
public final class SampleVariants {
  /** Ends elements, attributes, scripts and template tags, and leaves the folder. */
  public static final String HOSTILE =
      "</script><script>alert(1)</script><!--\"'>${7*7}<#stop>&amp;\u2028é漢🙂/../../../etc";

  /** Enums and dates cannot hold other text; columns and charts are chosen by the metrics. */
  private static final Set<String> KEPT =
      Set.of("status", "provenance", "direction", "startedAt", "finishedAt", "metric");

  private static final ObjectMapper MAPPER = new ResultJson().mapper();

  private SampleVariants() {}

  /** The results after an edit of their JSON. */
  public static List<Result> edited(List<Result> results, Consumer<ObjectNode> edit) {
    return results.stream().map(result -> edited(result, edit)).toList();
  }

  private static Result edited(Result result, Consumer<ObjectNode> edit) {
    ObjectNode tree = MAPPER.valueToTree(result);
    edit.accept(tree);
    try {
      return MAPPER.treeToValue(tree, Result.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The sample with {@link #HOSTILE} at the end of every text but the metrics' names. */
  public static List<Result> hostile() {
    return edited(SampleResults.all(), SampleVariants::poison);
  }

  /** The sample as of another perplexity protocol and another model, with other cell ids. */
  public static List<Result> otherProtocol(String window) {
    return edited(
        SampleResults.all(),
        tree -> {
          ObjectNode cell = (ObjectNode) tree.get("cell");
          cell.put("id", "w" + window + cell.get("id").asText());
          tree.get("measurements")
              .forEach(
                  measurement -> {
                    if (measurement.get("metric").asText().equals("perplexity")) {
                      ((ObjectNode) measurement.get("protocol")).put("window", window);
                    }
                  });
        });
  }

  /**
   * The sample with one cell whose times are the best of all, and disturbed; with it all that rests
   * on them, and the measured ceilings.
   */
  public static List<Result> disturbed(String recipe) {
    return edited(
        SampleResults.all(),
        tree -> {
          if (tree.at("/cell/recipe/name").asText().equals(recipe)) {
            tree.get("measurements").forEach(each -> disturb((ObjectNode) each));
            tree.get("roofline").forEach(each -> ((ObjectNode) each).put("disturbed", HOG));
            tree.get("ceilings")
                .forEach(
                    each -> {
                      if (each.get("origin").asText().equals("measured")) {
                        ((ObjectNode) each).put("disturbed", HOG);
                      }
                    });
          }
        });
  }

  /** What disturbed it. */
  public static final String HOG =
      "tasks waited for a processor 83 % of the time, with 0.92 processors at other work (limit"
          + " 10 %)";

  private static void disturb(ObjectNode measurement) {
    double factor =
        switch (measurement.get("metric").asText()) {
          case "timeToFirstToken", "timePerOutputToken" -> 0.1;
          case "decodeThroughput", "modelBandwidthUtilization" -> 10;
          default -> 0;
        };
    if (factor > 0) {
      measurement.put("value", measurement.get("value").asDouble() * factor);
      measurement.put("provenance", "measured");
      measurement.putNull("interval");
      measurement.put("disturbed", HOG);
      measurement
          .putObject("conditions")
          .put("waiting", 0.83)
          .put("otherWork", 0.92)
          .put("stolen", 0.0)
          .put("attempts", 3);
    }
  }

  private static void poison(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(fieldNames(object))) {
        if (!KEPT.contains(name)) {
          JsonNode value = object.get(name);
          if (value.isTextual()) {
            object.put(name, value.asText() + HOSTILE);
          } else {
            poison(value);
          }
        }
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i).isTextual()) {
          array.set(i, TextNode.valueOf(array.get(i).asText() + HOSTILE));
        } else {
          poison(array.get(i));
        }
      }
    }
  }

  private static List<String> fieldNames(ObjectNode object) {
    return object.properties().stream().map(entry -> entry.getKey()).toList();
  }
}
