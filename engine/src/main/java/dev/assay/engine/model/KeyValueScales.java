package dev.assay.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.packed.WrittenCache;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The grids of keys and values that a compressed-tensors checkpoint has: {@code kv_cache_scheme} in
 * its configuration, and {@code k_scale} and {@code v_scale} beside each attention's linears. Keys
 * are rounded after positions have turned them.
 */
public final class KeyValueScales {
  private static final String KEY = "kv_cache_scheme";
  private static final String KEYS = ".k_scale";
  private static final String VALUES = ".v_scale";

  private final Checkpoint checkpoint;

  public KeyValueScales(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** Names of the tensors; none where the configuration has no such scheme. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    if (scheme().isPresent()) {
      checkpoint.names().stream()
          .filter(name -> name.endsWith(KEYS) || name.endsWith(VALUES))
          .forEach(names::add);
    }
    return names;
  }

  private Optional<JsonNode> scheme() {
    for (String key : new String[] {"quantization_config", "compression_config"}) {
      JsonNode scheme = checkpoint.config().path(key).path(KEY);
      if (scheme.isObject() && !scheme.isEmpty()) {
        return Optional.of(scheme);
      }
    }
    return Optional.empty();
  }

  /**
   * A model with the caches that its checkpoint wants.
   *
   * @throws BadCheckpointException if the scheme is none that can be kept, or a scale is missing
   */
  public ModelSpec of(ModelSpec plain) {
    Optional<JsonNode> scheme = scheme();
    ModelSpec spec = plain;
    if (scheme.isEmpty()) {
      return spec;
    }
    for (int i = 0; i < plain.stacks().size(); i++) {
      Stack stack = plain.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        if (stack.layer(layer).attention().causal()) {
          CacheScheme cache = cache(scheme.get(), attention(stack, layer));
          spec = spec.with(i, spec.stacks().get(i).with(layer, before -> before.with(cache)));
        }
      }
    }
    return spec;
  }

  /** The grids of a cache, as far as a published configuration has words for them. */
  public static Optional<WrittenCache> written(CacheScheme scheme) {
    return scheme instanceof StaticCache cache && cache.isPublished()
        ? Optional.of(
            new WrittenCache(
                cache.keys().form() == StaticGrid.Form.FP8,
                cache.keys().bits(),
                cache.keys().scales().values(),
                cache.values().scales().values()))
        : Optional.empty();
  }

  /** The module of the attention's linears, {@code model.layers.0.self_attn}. */
  public static String attention(Stack stack, int layer) {
    LinearGroup first = stack.layer(layer).layout().groups().get(0);
    String linear = stack.names().inLayer(layer, first.parts().get(0).tensor());
    return linear.substring(0, linear.lastIndexOf('.'));
  }

  private CacheScheme cache(JsonNode scheme, String prefix) {
    String type = scheme.path("type").asText("int");
    int bits = scheme.path("num_bits").asInt(Byte.SIZE);
    require(type.equals("float") ? bits == Byte.SIZE : type.equals("int"), "type and num_bits");
    require(scheme.path("symmetric").asBoolean(true), "symmetric");
    require(!scheme.path("dynamic").asBoolean(false), "dynamic");
    String strategy = scheme.path("strategy").asText("tensor");
    require(strategy.equals("tensor") || strategy.equals("attn_head"), "strategy");
    StaticGrid.Form form = type.equals("float") ? StaticGrid.Form.FP8 : StaticGrid.Form.INT;
    try {
      return new StaticCache(grid(form, bits, prefix + KEYS), grid(form, bits, prefix + VALUES));
    } catch (IllegalArgumentException e) {
      throw new BadCheckpointException(
          checkpoint.configuration() + ": " + KEY + ": " + prefix + ": " + e.getMessage(), e);
    }
  }

  private void require(boolean fits, String key) {
    if (!fits) {
      throw new BadCheckpointException(
          "%s: %s.%s: found %s, expected 8-bit floats or integers, symmetric, not dynamic, by tensor or attn_head"
              .formatted(checkpoint.configuration(), KEY, key, scheme().orElseThrow()));
    }
  }

  private StaticGrid grid(StaticGrid.Form form, int bits, String name) {
    if (!checkpoint.has(name)) {
      throw new BadCheckpointException(
          checkpoint.configuration() + ": found " + KEY + ", expected a tensor " + name);
    }
    float[] scales = values(checkpoint.info(name));
    return new StaticGrid(
        form, bits, CacheTable.of(scales), CacheTable.of(new float[scales.length]));
  }

  private static float[] values(TensorInfo info) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(info.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(info.file())) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, info.begin() + bytes.position()) < 0) {
          throw new BadCheckpointException(info.file() + ": " + info.name() + ": found its end");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(info.file() + ": " + e.getMessage(), e);
    }
    bytes.flip();
    float[] values = new float[Math.toIntExact(info.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(info, bytes);
    }
    return values;
  }

  private static float value(TensorInfo info, ByteBuffer bytes) {
    if (info.dtype() == DType.FLOAT32) {
      return bytes.getFloat();
    }
    if (info.dtype() == DType.BFLOAT16) {
      return Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
    }
    if (info.dtype() == DType.FLOAT16) {
      return half(bytes.getShort());
    }
    throw new BadCheckpointException(
        "%s: %s: found %s, expected F32, BF16 or F16"
            .formatted(info.file(), info.name(), info.dtype().label()));
  }

  /** Of ten bits behind the point and five of the exponent. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude =
        exponent == 0 ? fraction * 0x1p-24f : Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }
}
