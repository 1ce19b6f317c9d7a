package dev.assay.engine.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every number of a configuration and every shape of a tensor, made wrong one after the other: the
 * model runs, or one error names the file and the key or tensor; never an error of libtorch's.
 */
@Tag("slow")
class FaultyModelsTest extends TorchTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> VALUES =
      List.of(
          "0",
          "-1",
          "3",
          "1.5",
          "1e300",
          "2147483647",
          "1099511627776",
          "null",
          "\"64\"",
          "[7]",
          "{}");

  @TempDir Path directory;

  static List<String> families() {
    return FamilyFixtures.ALL;
  }

  @ParameterizedTest
  @MethodSource("families")
  void configurations(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Path model = Variant.of(fixture.checkpoint()).write(directory.resolve("model"));
    ObjectNode config = (ObjectNode) fixture.checkpoint().config();
    List<String> wrong = new ArrayList<>();
    Set<ModelSpec> ran = new HashSet<>();
    int tried = 0;
    for (ObjectNode changed : changes(config)) {
      tried++;
      JSON.writeValue(model.resolve("config.json").toFile(), changed);
      try {
        Checkpoint checkpoint = Checkpoint.open(model);
        ModelSpec spec = new Families().architecture(checkpoint);
        // Most keys change nothing; of equal weights and description it would be the same run.
        if (!ran.contains(spec)) {
          run(fixture, checkpoint, spec);
          ran.add(spec);
        }
      } catch (BadInputException e) {
        String message = String.valueOf(e.getMessage());
        boolean clear =
            message.contains("found")
                    && (message.contains(model.toString()) || message.contains("a sequence of"))
                || message.contains("is missing");
        if (!clear || message.contains("\n")) {
          wrong.add(difference(config, changed) + ": " + message);
        }
      } catch (RuntimeException | OutOfMemoryError e) {
        wrong.add(difference(config, changed) + ": " + e);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(tried).isGreaterThan(100);
    assertThat(ran).as("descriptions that ran").isNotEmpty();
  }

  private void run(ModelFixture fixture, Checkpoint checkpoint, ModelSpec spec) {
    ModelFixture changed = new ModelFixture(checkpoint, spec, fixture.golden());
    FamilyFixtures.outputs(torch, scope, changed, checkpoint).close();
  }

  /** Each value in place of each entry, those of objects within too; and each entry left out. */
  private static List<ObjectNode> changes(ObjectNode config) throws IOException {
    List<ObjectNode> changes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      String key = entry.getKey();
      changes.add(config.deepCopy().without(List.of(key)));
      for (String value : VALUES) {
        changes.add(config.deepCopy().set(key, JSON.readTree(value)));
      }
      if (entry.getValue() instanceof ObjectNode within) {
        for (ObjectNode changed : changes(within)) {
          changes.add(config.deepCopy().set(key, changed));
        }
      }
    }
    return changes;
  }

  private static String difference(ObjectNode config, ObjectNode changed) {
    return config.properties().stream()
        .filter(entry -> !entry.getValue().equals(changed.get(entry.getKey())))
        .map(entry -> entry.getKey() + " = " + changed.get(entry.getKey()))
        .toList()
        .toString();
  }

  @ParameterizedTest
  @MethodSource("families")
  void tensors(String family) {
    Checkpoint source = ModelFixture.of(family).checkpoint();
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (String name : source.names()) {
      if (name.matches(".*\\.[2-9]\\..*")) {
        continue;
      }
      // Of the classes' weight and bias either may be the one that does not fit.
      String module = name.startsWith("classifier.") ? "classifier." : name;
      for (long[] shape : shapes(source.info(name).shape().getShape())) {
        tried++;
        Checkpoint changed = Variant.of(source).shape(name, shape).open(directory.resolve("model"));
        try {
          new Families().architecture(changed);
          wrong.add(name + ": " + List.of(shape));
        } catch (BadCheckpointException e) {
          String message = String.valueOf(e.getMessage());
          if (!message.contains(changed.directory() + "/model.safetensors")
              || !message.contains(module)) {
            wrong.add(name + ": " + e.getMessage());
          }
        }
      }
      Checkpoint missing = Variant.of(source).without(name).open(directory.resolve("model"));
      assertThatThrownBy(() -> new Families().architecture(missing))
          .isInstanceOf(BadCheckpointException.class)
          .hasMessageContaining("'%s' is missing", name);
    }
    assertThat(wrong).isEmpty();
    assertThat(tried).isGreaterThan(30);
  }

  private static List<long[]> shapes(long[] shape) {
    List<long[]> shapes = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      long[] more = shape.clone();
      more[i]++;
      shapes.add(more);
    }
    long[] flat = {Arrays.stream(shape).reduce(1, (a, b) -> a * b) + (shape.length == 1 ? 2 : 0)};
    shapes.add(flat);
    return shapes;
  }
}
