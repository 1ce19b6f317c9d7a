package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Where a token's time goes when a model decodes: products, attention, the other operations, the
 * interpreter of scripts, and Java around it. Times of a round under libtorch's profiler, less what
 * the profiler costs an event, so that they add up to the median round without it.
 *
 * <p>Arguments: a checkpoint, then in any order {@code prompt=512 decoded=64 threads=2 rounds=7
 * activations=native packed=true}.
 */
public final class TokenProfile {
  /** What an event is. */
  enum Part {
    LAYERS("layers in one op"),
    PRODUCTS("products"),
    ATTENTION("attention"),
    OPERATIONS("other operations"),
    INTERPRETER("interpreter"),
    JAVA("Java");

    private final String label;

    Part(String label) {
      this.label = label;
    }

    private static Part of(String name) {
      if (!name.contains("::")) {
        return INTERPRETER;
      }
      String op = name.substring(name.indexOf("::") + 2);
      if (op.equals("decoder_layer")) {
        return LAYERS;
      }
      if (op.startsWith("attend") || op.startsWith("_scaled_dot_product") || op.equals("keep")) {
        return ATTENTION;
      }
      boolean product =
          op.equals("grid_mm")
              || op.equals("dense_mm")
              || op.equals("mm")
              || op.equals("addmm")
              || op.equals("bmm")
              || op.startsWith("_weight_int")
              || op.startsWith("mkldnn_linear")
              || op.startsWith("_linear_pointwise")
              || op.equals("grid_values");
      return product ? PRODUCTS : OPERATIONS;
    }
  }

  private TokenProfile() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    List<String> options = Arrays.asList(arguments).subList(1, arguments.length);
    int prompt = Integer.parseInt(option(options, "prompt", "512"));
    int decoded = Integer.parseInt(option(options, "decoded", "64"));
    int threads = Integer.parseInt(option(options, "threads", "2"));
    int rounds = Integer.parseInt(option(options, "rounds", "7"));
    String activations = option(options, "activations", "native");
    boolean packed = Boolean.parseBoolean(option(options, "packed", "true"));
    Checkpoint checkpoint = Checkpoint.open(directory);
    Execution execution =
        new Execution(
            TorchDevice.CPU,
            DType.BFLOAT16,
            packed,
            KernelInputs.valueOf(activations.toUpperCase(Locale.ROOT)));
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, threads);
        LanguageModel model =
            LanguageModel.load(
                torch,
                checkpoint,
                new Families().architecture(checkpoint),
                execution.with(new KernelProbe(torch, execution).measure()));
        KvCache cache = model.newCache(1, prompt + decoded + 1);
        NDManager scope = torch.manager().newSubManager()) {
      long[] ids = new Random(1).longs(prompt, 0, 1000).toArray();
      NDArray first = scope.create(ids, new Shape(1, prompt));
      List<Double> prefills = new ArrayList<>();
      List<Double> decodes = new ArrayList<>();
      for (int round = 0; round <= rounds; round++) {
        double prefill = prefill(model, cache, scope, first);
        double decode = decode(model, cache, scope, decoded);
        if (round > 0) {
          prefills.add(prefill);
          decodes.add(decode / decoded);
        }
      }
      prefill(model, cache, scope, first);
      Path trace = Files.createTempFile("token", ".json");
      JniUtils.startProfile(false, false, false);
      double profiled = decode(model, cache, scope, decoded) / decoded;
      JniUtils.stopProfile(trace.toString());
      print(parts(trace, decoded, profiled, median(decodes)), median(decodes));
      System.out.printf(
          Locale.ROOT,
          "prefill %.0f tokens/s, decode %.1f tokens/s%n",
          1000 * prompt / median(prefills),
          1000 / median(decodes));
      Files.delete(trace);
    }
  }

  private static String option(List<String> options, String name, String standard) {
    return options.stream()
        .filter(each -> each.startsWith(name + "="))
        .map(each -> each.substring(name.length() + 1))
        .findFirst()
        .orElse(standard);
  }

  /** Milliseconds. */
  private static double prefill(LanguageModel model, KvCache cache, NDManager owner, NDArray ids) {
    cache.truncate(0);
    long begin = System.nanoTime();
    try (NDManager scope = owner.newSubManager()) {
      model.nextToken(scope, ids, cache).toLongArray();
    }
    return (System.nanoTime() - begin) / 1e6;
  }

  private static double decode(LanguageModel model, KvCache cache, NDManager owner, int tokens) {
    long begin = System.nanoTime();
    try (NDManager scope = owner.newSubManager()) {
      NDArray token = scope.create(new long[] {1}, new Shape(1, 1));
      for (int i = 0; i < tokens; i++) {
        token = model.nextToken(scope, token, cache);
        token.toLongArray();
      }
    }
    return (System.nanoTime() - begin) / 1e6;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    sorted.sort(Comparator.naturalOrder());
    return sorted.get(sorted.size() / 2);
  }

  private record Event(String name, double begin, double end) {}

  /** Milliseconds a token. */
  private static Map<Part, Double> parts(Path trace, int tokens, double profiled, double plain)
      throws IOException {
    List<Event> events = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(trace.toFile())) {
      double begin = node.path("ts").asDouble();
      events.add(new Event(node.path("name").asText(), begin, begin + node.path("dur").asDouble()));
    }
    events.sort(
        Comparator.comparingDouble(Event::begin)
            .thenComparing(Event::end, (a, b) -> Double.compare(b, a)));
    double overhead = Math.max(0, profiled - plain) * 1000 * tokens / events.size();
    Map<Part, Double> micros = new EnumMap<>(Part.class);
    Deque<Event> open = new ArrayDeque<>();
    double top = 0;
    for (Event event : events) {
      while (!open.isEmpty() && open.peek().end() <= event.begin()) {
        open.pop();
      }
      double length = event.end() - event.begin();
      if (open.isEmpty()) {
        top += length;
      } else {
        micros.merge(Part.of(open.peek().name()), -length, Double::sum);
      }
      micros.merge(Part.of(event.name()), length - overhead, Double::sum);
      open.push(event);
    }
    micros.put(Part.JAVA, profiled * 1000 * tokens - top);
    Map<Part, Double> millis = new EnumMap<>(Part.class);
    micros.forEach((part, all) -> millis.put(part, all / 1000 / tokens));
    return millis;
  }

  private static void print(Map<Part, Double> parts, double all) {
    System.out.println("| part | ms a token | share |");
    System.out.println("|---|---|---|");
    parts.forEach(
        (part, millis) ->
            System.out.printf(
                Locale.ROOT, "| %s | %.2f | %.0f %% |%n", part.label, millis, 100 * millis / all));
    System.out.printf(Locale.ROOT, "| all | %.2f | |%n", all);
  }
}
