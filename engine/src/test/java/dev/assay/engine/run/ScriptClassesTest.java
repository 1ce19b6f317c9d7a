package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.ggml.GgmlBlockWeight;
import dev.assay.engine.weight.outlier.BilevelWeight;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The scripts that models run as: every class keeps to its interface. */
class ScriptClassesTest extends TorchTest {
  private static final List<String> FILES =
      List.of(
          "linear",
          "input",
          "block_input",
          "blocks",
          "integer_input",
          "float_input",
          "activation",
          "attention",
          "cache",
          "calibration",
          "embedding",
          "exits",
          "feed",
          "float8",
          "ggml",
          "ggml_linear",
          "gradient",
          "kivi",
          "kvquant",
          "layer",
          "model",
          "norm",
          "outlier",
          "position",
          "stack",
          "quarot_cache",
          "static_cache",
          "step",
          "table");

  /** Classes that stand at one place, where libtorch checks them by name. */
  private static final List<String> CONCRETE =
      List.of(
          "attention.Attention",
          "attention.CrossAttention",
          "stack.Stack",
          "model.CausalModel",
          "model.EncoderDecoderModel",
          "model.EncoderModel",
          "exits.ExitingModel",
          "calibration.CalibratedLayer",
          "calibration.DifferentiableLayer",
          "calibration.Embedded",
          "calibration.Normed",
          "calibration.Product",
          "gradient.LayerGradient",
          "gradient.TokenLoss",
          "ggml_linear.GgmlValues");

  private static final Pattern CLASS =
      Pattern.compile(
          "^class (\\w+)(\\((\\w+)\\))?:\\R((?: .*\\R|\\R|#.*\\R)*)", Pattern.MULTILINE);
  private static final Pattern ATTRIBUTE = Pattern.compile("^  (\\w+) : (.+)$", Pattern.MULTILINE);

  private final Map<String, Declared> classes = declared();

  /** A class as its file declares it. */
  private record Declared(ScriptClass type, String kind, Map<String, String> attributes) {}

  @Test
  void everyClassKeepsToItsInterface() {
    Declared conformance = Objects.requireNonNull(classes.get("conformance.Conformance"));
    ScriptModule module = ScriptModule.load(scope, object(conformance));
    int attributes = conformance.attributes().size();

    assertThat(module.callForLong("count")).isEqualTo(attributes + 15);
  }

  @Test
  void everyClassIsChecked() {
    List<String> checked =
        new ArrayList<>(
            Objects.requireNonNull(classes.get("conformance.Conformance")).attributes().values());
    checked.replaceAll(type -> type.substring("__torch__.".length()));
    checked.addAll(CONCRETE);
    List<String> modules = new ArrayList<>();
    classes.forEach(
        (name, declared) -> {
          if (declared.kind().equals("Module") && !name.startsWith("conformance")) {
            modules.add(name);
          }
        });

    assertThat(checked).containsExactlyInAnyOrderElementsOf(modules);
  }

  private ScriptObject object(Declared declared) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    declared.attributes().forEach((name, type) -> attributes.put(name, any(type)));
    return new ScriptObject(declared.type(), attributes);
  }

  /** Any value of a type. */
  private Attribute any(String type) {
    return switch (type) {
      case "int" -> new Attribute.Whole(1);
      case "float" -> new Attribute.Real(1);
      case "bool" -> new Attribute.Flag(true);
      case "Tensor" -> new Attribute.NoTensor();
      case "List[Tensor]" -> new Attribute.NoTensors();
      default ->
          type.startsWith("List[")
              ? new Attribute.Children(List.of(any(type.substring(5, type.length() - 1))))
              : new Attribute.Child(object(implementation(type.substring("__torch__.".length()))));
    };
  }

  private Declared implementation(String name) {
    Declared declared = Objects.requireNonNull(classes.get(name), name);
    if (!declared.kind().equals("ModuleInterface")) {
      return declared;
    }
    String some =
        Objects.requireNonNull(
            Map.ofEntries(
                    Map.entry("linear.Linear", "linear.DenseLinear"),
                    Map.entry("linear.Scales", "linear.PlainScales"),
                    Map.entry("outlier.Numbers", "outlier.PlainNumbers"),
                    Map.entry("ggml.Blocks", "ggml.Q4K"),
                    Map.entry("input.Input", "input.PlainInput"),
                    Map.entry("norm.Norm", "norm.NoNorm"),
                    Map.entry("model.Choice", "model.PlainChoice"),
                    Map.entry("position.Rotation", "position.NoRotation"),
                    Map.entry("position.Positions", "position.NoPositions"),
                    Map.entry("attention.Scores", "attention.MaskedScores"),
                    Map.entry("cache.CacheScheme", "cache.DenseCacheScheme"),
                    Map.entry("feed.Feed", "feed.PlainFeed"),
                    Map.entry("activation.Activation", "activation.Silu"),
                    Map.entry("embedding.Embedding", "embedding.TokenEmbedding"))
                .get(name),
            name);
    return Objects.requireNonNull(classes.get(some), some);
  }

  private static Map<String, Declared> declared() {
    Map<String, Declared> classes = new HashMap<>();
    List<String> files = new ArrayList<>(FILES);
    files.add("conformance");
    for (String file : files) {
      Matcher found = CLASS.matcher(text(file));
      while (found.find()) {
        Map<String, String> attributes = new LinkedHashMap<>();
        Matcher attribute = ATTRIBUTE.matcher(found.group(4));
        while (attribute.find()) {
          attributes.put(attribute.group(1), attribute.group(2));
        }
        String name = file + "." + found.group(1);
        String kind = found.group(3) == null ? "" : found.group(3);
        classes.put(name, new Declared(ScriptClass.of(anchor(file), name), kind, attributes));
      }
    }
    return classes;
  }

  private static Class<?> anchor(String file) {
    if (file.equals("outlier")) {
      return BilevelWeight.class;
    }
    if (file.startsWith("ggml")) {
      return GgmlBlockWeight.class;
    }
    boolean weights = List.of("linear", "blocks", "table").contains(file) || file.endsWith("input");
    return weights ? RunnableLinear.class : Scripts.class;
  }

  private static String text(String file) {
    try (InputStream in = anchor(file).getResourceAsStream(file + ".py")) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
