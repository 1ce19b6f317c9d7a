package dev.assay.engine.run;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.ScriptObject.Attribute;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A layer that one op of our own runs for one token of each sequence: what a small model's token
 * takes is mostly the way from one op to the next. It rounds where the ops of its parts do, so that
 * what comes out is the same.
 */
final class TokenLayer {
  /** From more on, threads share what stands between products in the ops of its parts. */
  private static final long MOST_SEQUENCES = 8;

  private static final String MODULE = "token.TokenLayer";

  private static final List<String> ATTENTION_LINEARS = List.of("qkv_proj", "o_proj");
  private static final List<String> FEED_LINEARS = List.of("gate_up_proj", "down_proj");
  private static final List<String> NORMS = List.of("input_layernorm", "post_attention_layernorm");

  private final ScriptObject layer;
  private final ScriptObject attention;
  private final ScriptObject feed;

  /** How many layers of a model are run so. */
  static int count(ScriptObject root) {
    return root.count(MODULE);
  }

  private TokenLayer(ScriptObject layer, ScriptObject attention, ScriptObject feed) {
    this.layer = layer;
    this.attention = attention;
    this.feed = feed;
  }

  /**
   * A layer as one op runs it, or as it is where some part of it is none that the op knows.
   *
   * @param layer a {@code layer.Layer}
   */
  static ModuleNode of(ModuleNode layer) {
    ScriptObject object = layer.object();
    if (!is(object, "layer.PreNormLayer")) {
      return layer;
    }
    Optional<ScriptObject> attention = child(object, "self_attn");
    Optional<ScriptObject> feed = child(object, "mlp");
    return attention.isEmpty() || feed.isEmpty()
        ? layer
        : new TokenLayer(object, attention.get(), feed.get()).around(layer);
  }

  private ModuleNode around(ModuleNode base) {
    Optional<ScriptObject> rotation = child(attention, "rotation");
    Optional<ScriptObject> scores = child(attention, "scores");
    boolean known =
        rotation.filter(each -> is(each, "fused.FusedRotation")).isPresent()
            && scores.filter(each -> is(each, "fused.FusedScores")).isPresent()
            && child(attention, "caches")
                .filter(each -> is(each, "cache.DenseCacheScheme"))
                .isPresent()
            && is(feed, "fused.FusedGatedFeed")
            && NORMS.stream()
                .allMatch(
                    name ->
                        child(layer, name)
                            .filter(each -> is(each, "fused.FusedRmsNorm"))
                            .isPresent());
    Map<String, TokenLinear> linears = known ? linears() : Map.of();
    if (linears.size() < ATTENTION_LINEARS.size() + FEED_LINEARS.size()) {
      return base;
    }
    ModuleNode module =
        Scripts.module(MODULE)
            .with("base", base)
            .with("num_heads", attribute(attention, "num_heads"))
            .with("scale", attribute(scores.orElseThrow(), "scale"))
            .with("cap", attribute(scores.orElseThrow(), "cap"))
            .with("window", attribute(scores.orElseThrow(), "window"))
            .with("threads", attribute(scores.orElseThrow(), "threads"))
            .with("pairs", attribute(rotation.orElseThrow(), "pairs"))
            .with("activation", attribute(feed, "activation"))
            .without("packed")
            .with("most", Math.min(MOST_SEQUENCES, least(linears.values())));
    NORMS.forEach(name -> module.with(name, again(layer, name)));
    linears.forEach((name, linear) -> module.with(name, new Attribute.Child(linear.object())));
    return module;
  }

  /** Those that the op knows, by name. */
  private Map<String, TokenLinear> linears() {
    Map<String, TokenLinear> found = new LinkedHashMap<>();
    ATTENTION_LINEARS.forEach(
        name ->
            child(attention, name)
                .flatMap(TokenLinear::of)
                .ifPresent(linear -> found.put(name, linear)));
    FEED_LINEARS.forEach(
        name ->
            child(feed, name)
                .flatMap(TokenLinear::of)
                .ifPresent(linear -> found.put(name, linear)));
    return found;
  }

  private static long least(Collection<TokenLinear> linears) {
    return linears.stream().mapToLong(TokenLinear::rows).min().orElseThrow();
  }

  private static Attribute attribute(ScriptObject owner, String name) {
    return Objects.requireNonNull(owner.attributes().get(name), name);
  }

  private static Attribute again(ScriptObject owner, String name) {
    return new Attribute.Child(child(owner, name).orElseThrow());
  }

  /** A part that stands nowhere else. */
  static Optional<ScriptObject> child(ScriptObject owner, String name) {
    return owner.attributes().get(name) instanceof Attribute.Child child
        ? Optional.of(child.object())
        : Optional.empty();
  }

  private static boolean is(ScriptObject object, String qualified) {
    return (object.type().module() + "." + object.type().name()).equals(qualified);
  }
}
