package dev.assay.engine.family;

import static dev.assay.engine.family.PlainMath.attend;
import static dev.assay.engine.family.PlainMath.columns;
import static dev.assay.engine.family.PlainMath.layerNorm;
import static dev.assay.engine.family.PlainMath.linear;
import static dev.assay.engine.family.PlainMath.map;
import static dev.assay.engine.family.PlainMath.plus;
import static dev.assay.engine.family.PlainMath.rms;
import static dev.assay.engine.family.PlainMath.times;
import static dev.assay.engine.family.PlainMath.turn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.synthetic.Parameter;
import dev.assay.engine.synthetic.ParameterList;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Families without golden activations against a second computation, written from their published
 * code's formulas and from the configuration alone.
 */
class PlainComputationTest extends TorchTest {
  private static final int TOKENS = 13;
  private static final int PREFILL = 9;
  private static final double TOLERANCE = 2e-4;

  @TempDir Path directory;

  private final Map<String, double[][]> weights = new HashMap<>();

  @Test
  void qwen3() throws IOException {
    check(
        """
        {"model_type": "qwen3", "hidden_size": 24, "intermediate_size": 40, "head_dim": 10,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "vocab_size": 50, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
         "rope_parameters": {"rope_theta": 1000000, "rope_type": "default"},
         "tie_word_embeddings": true, "dtype": "float32"}
        """,
        ids -> {
          double[][] x = embedding("model.embed_tokens", ids);
          for (int layer = 0; layer < 2; layer++) {
            String p = "model.layers." + layer + ".";
            double[][] y = rms(x, vector(p + "input_layernorm"), 1e-6, 0);
            double[][] q = linear(y, matrix(p + "self_attn.q_proj"), new double[0]);
            double[][] k = linear(y, matrix(p + "self_attn.k_proj"), new double[0]);
            double[][] v = linear(y, matrix(p + "self_attn.v_proj"), new double[0]);
            double[][] out = new double[ids.length][40];
            for (int h = 0; h < 4; h++) {
              double[] qn = vector(p + "self_attn.q_norm");
              double[] kn = vector(p + "self_attn.k_norm");
              double[][] head =
                  attend(
                      turn(rms(head(q, h, 10), qn, 1e-6, 0), 1e6),
                      turn(rms(head(k, h / 2, 10), kn, 1e-6, 0), 1e6),
                      head(v, h / 2, 10),
                      0,
                      (dot, t, j) -> dot / Math.sqrt(10));
              put(out, head, h * 10);
            }
            x = plus(x, linear(out, matrix(p + "self_attn.o_proj"), new double[0]));
            double[][] z = rms(x, vector(p + "post_attention_layernorm"), 1e-6, 0);
            x = plus(x, gated(p + "mlp.", z, PlainMath::silu));
          }
          x = rms(x, vector("model.norm"), 1e-6, 0);
          return linear(x, matrix("model.embed_tokens"), new double[0]);
        });
  }

  @Test
  void gemma2() throws IOException {
    check(
        """
        {"model_type": "gemma2", "hidden_size": 24, "intermediate_size": 40, "head_dim": 10,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "vocab_size": 50, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
         "query_pre_attn_scalar": 14, "attn_logit_softcapping": 3.0,
         "final_logit_softcapping": 2.0, "sliding_window": 4, "torch_dtype": "float32"}
        """,
        ids -> {
          double[][] x = map(embedding("model.embed_tokens", ids), e -> e * Math.sqrt(24));
          for (int layer = 0; layer < 2; layer++) {
            String p = "model.layers." + layer + ".";
            int window = layer == 0 ? 4 : 0;
            double[][] y = rms(x, vector(p + "input_layernorm"), 1e-6, 1);
            double[][] q = linear(y, matrix(p + "self_attn.q_proj"), new double[0]);
            double[][] k = linear(y, matrix(p + "self_attn.k_proj"), new double[0]);
            double[][] v = linear(y, matrix(p + "self_attn.v_proj"), new double[0]);
            double[][] out = new double[ids.length][40];
            for (int h = 0; h < 4; h++) {
              double[][] head =
                  attend(
                      turn(head(q, h, 10), 10_000),
                      turn(head(k, h / 2, 10), 10_000),
                      head(v, h / 2, 10),
                      window,
                      (dot, t, j) -> 3 * Math.tanh(dot / Math.sqrt(14) / 3));
              put(out, head, h * 10);
            }
            double[][] a = linear(out, matrix(p + "self_attn.o_proj"), new double[0]);
            x = plus(x, rms(a, vector(p + "post_attention_layernorm"), 1e-6, 1));
            double[][] z = rms(x, vector(p + "pre_feedforward_layernorm"), 1e-6, 1);
            double[][] f = gated(p + "mlp.", z, PlainMath::geluTanh);
            x = plus(x, rms(f, vector(p + "post_feedforward_layernorm"), 1e-6, 1));
          }
          x = rms(x, vector("model.norm"), 1e-6, 1);
          return map(
              linear(x, matrix("model.embed_tokens"), new double[0]), z -> 2 * Math.tanh(z / 2));
        });
  }

  @Test
  void falconOfTheNewDecoder() throws IOException {
    check(
        """
        {"model_type": "falcon", "hidden_size": 24, "num_hidden_layers": 2, "vocab_size": 50,
         "num_attention_heads": 4, "num_kv_heads": 2, "new_decoder_architecture": true,
         "bias": false, "parallel_attn": true, "layer_norm_epsilon": 1e-5}
        """,
        ids -> {
          double[][] x = embedding("transformer.word_embeddings", ids);
          for (int layer = 0; layer < 2; layer++) {
            String p = "transformer.h." + layer + ".";
            double[][] y = norm(p + "ln_attn", x);
            double[][] z = norm(p + "ln_mlp", x);
            double[][] fused =
                linear(y, matrix(p + "self_attention.query_key_value"), new double[0]);
            double[][] out = new double[ids.length][24];
            for (int h = 0; h < 4; h++) {
              // Of each group two heads of queries, then its keys, then its values.
              int group = h / 2 * 4 * 6;
              double[][] head =
                  attend(
                      turn(columns(fused, group + h % 2 * 6, group + h % 2 * 6 + 6), 10_000),
                      turn(columns(fused, group + 12, group + 18), 10_000),
                      columns(fused, group + 18, group + 24),
                      0,
                      (dot, t, j) -> dot / Math.sqrt(6));
              put(out, head, h * 6);
            }
            double[][] a = linear(out, matrix(p + "self_attention.dense"), new double[0]);
            x = plus(plus(x, a), plain(p + "mlp.", z, false));
          }
          return linear(
              norm("transformer.ln_f", x), matrix("transformer.word_embeddings"), new double[0]);
        });
  }

  @Test
  void falconWithOneKeyForAllQueries() throws IOException {
    check(
        """
        {"model_type": "falcon", "hidden_size": 24, "num_hidden_layers": 2, "vocab_size": 50,
         "num_attention_heads": 4, "multi_query": true, "parallel_attn": true, "bias": false}
        """,
        ids -> {
          double[][] x = embedding("transformer.word_embeddings", ids);
          for (int layer = 0; layer < 2; layer++) {
            String p = "transformer.h." + layer + ".";
            double[][] y = norm(p + "input_layernorm", x);
            double[][] fused =
                linear(y, matrix(p + "self_attention.query_key_value"), new double[0]);
            double[][] out = new double[ids.length][24];
            for (int h = 0; h < 4; h++) {
              double[][] head =
                  attend(
                      turn(columns(fused, h * 6, h * 6 + 6), 10_000),
                      turn(columns(fused, 24, 30), 10_000),
                      columns(fused, 30, 36),
                      0,
                      (dot, t, j) -> dot / Math.sqrt(6));
              put(out, head, h * 6);
            }
            double[][] a = linear(out, matrix(p + "self_attention.dense"), new double[0]);
            x = plus(plus(x, a), plain(p + "mlp.", y, false));
          }
          return linear(
              norm("transformer.ln_f", x), matrix("transformer.word_embeddings"), new double[0]);
        });
  }

  @Test
  void falconWithLinearBiases() throws IOException {
    check(
        """
        {"model_type": "falcon", "hidden_size": 24, "num_hidden_layers": 2, "vocab_size": 50,
         "num_attention_heads": 4, "multi_query": false, "parallel_attn": false, "bias": true,
         "alibi": true}
        """,
        ids -> {
          double[][] x = embedding("transformer.word_embeddings", ids);
          for (int layer = 0; layer < 2; layer++) {
            String p = "transformer.h." + layer + ".";
            double[][] y = norm(p + "input_layernorm", x);
            String name = p + "self_attention.query_key_value";
            double[][] fused = linear(y, matrix(name), bias(name));
            double[][] out = new double[ids.length][24];
            for (int h = 0; h < 4; h++) {
              int at = h * 18;
              // Four heads have the slopes 1/4, 1/16, 1/64, 1/256, exact in bfloat16.
              double slope = Math.pow(2, -2 * (h + 1));
              double[][] head =
                  attend(
                      columns(fused, at, at + 6),
                      columns(fused, at + 6, at + 12),
                      columns(fused, at + 12, at + 18),
                      0,
                      (dot, t, j) -> (dot + slope * j) / Math.sqrt(6));
              put(out, head, h * 6);
            }
            String dense = p + "self_attention.dense";
            x = plus(x, linear(out, matrix(dense), bias(dense)));
            x = plus(x, plain(p + "mlp.", norm(p + "post_attention_layernorm", x), true));
          }
          return linear(
              norm("transformer.ln_f", x), matrix("transformer.word_embeddings"), new double[0]);
        });
  }

  @Test
  void optWithNormsBehindAndANarrowerEmbedding() throws IOException {
    check(
        """
        {"model_type": "opt", "hidden_size": 24, "num_hidden_layers": 2, "vocab_size": 50,
         "num_attention_heads": 4, "ffn_dim": 40, "max_position_embeddings": 64,
         "word_embed_proj_dim": 10, "do_layer_norm_before": false}
        """,
        ids -> {
          double[][] x =
              linear(
                  embedding("model.decoder.embed_tokens", ids),
                  matrix("model.decoder.project_in"),
                  new double[0]);
          double[][] positions = matrix("model.decoder.embed_positions");
          x = plus(x, Arrays.copyOfRange(positions, 2, 2 + ids.length));
          for (int layer = 0; layer < 2; layer++) {
            String p = "model.decoder.layers." + layer + ".";
            String a = p + "self_attn.";
            double[][] q = linear(x, matrix(a + "q_proj"), bias(a + "q_proj"));
            double[][] k = linear(x, matrix(a + "k_proj"), bias(a + "k_proj"));
            double[][] v = linear(x, matrix(a + "v_proj"), bias(a + "v_proj"));
            double[][] out = new double[ids.length][24];
            for (int h = 0; h < 4; h++) {
              double[][] head =
                  attend(
                      head(q, h, 6),
                      head(k, h, 6),
                      head(v, h, 6),
                      0,
                      (dot, t, j) -> dot / Math.sqrt(6));
              put(out, head, h * 6);
            }
            x = plus(x, linear(out, matrix(a + "out_proj"), bias(a + "out_proj")));
            x = norm(p + "self_attn_layer_norm", x);
            double[][] inner =
                map(linear(x, matrix(p + "fc1"), bias(p + "fc1")), z -> Math.max(0, z));
            x = plus(x, linear(inner, matrix(p + "fc2"), bias(p + "fc2")));
            x = norm(p + "final_layer_norm", x);
          }
          x = linear(x, matrix("model.decoder.project_out"), new double[0]);
          return linear(x, matrix("model.decoder.embed_tokens"), new double[0]);
        });
  }

  /** The second computation: logits of token ids. */
  private interface Plain {
    double[][] logits(int[] ids);
  }

  private void check(String json, Plain plain) throws IOException {
    JsonNode config = new ObjectMapper().readTree(json);
    Checkpoint checkpoint = write(config);
    ModelSpec architecture = new Families().architecture(checkpoint);
    int[] ids = new Random(5).ints(TOKENS, 0, 50).toArray();
    double[][] expected = plain.logits(ids);
    long[][] batch = {Arrays.stream(ids).asLongStream().toArray()};
    try (LanguageModel model =
            LanguageModel.load(
                torch, checkpoint, architecture, Execution.reference(torch.device()));
        KvCache cache = model.newCache(1, TOKENS)) {
      float[] whole = model.logits(scope, batch).toFloatArray();
      for (int t = 0; t < TOKENS; t++) {
        assertClose(expected[t], Arrays.copyOfRange(whole, t * 50, t * 50 + 50));
      }
      model.logits(scope, new long[][] {Arrays.copyOf(batch[0], PREFILL)}, cache);
      for (int t = PREFILL; t < TOKENS; t++) {
        long[][] next = {{ids[t]}};
        assertClose(expected[t], model.logits(scope, next, cache).toFloatArray());
      }
    }
  }

  private static void assertClose(double[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  /** Weights of a large spread, so that a wrong detail moves the logits by far. */
  private Checkpoint write(JsonNode config) throws IOException {
    Random random = new Random(3);
    Path target = directory.resolve("made");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target);
        NDManager manager = torch.manager().newSubManager()) {
      for (Parameter parameter : ParameterList.of(config).parameters()) {
        Shape shape = parameter.shape();
        int columns = shape.dimension() == 2 ? (int) shape.get(1) : (int) shape.get(0);
        int rows = (int) (shape.size() / columns);
        double[][] values = new double[rows][columns];
        float[] flat = new float[rows * columns];
        for (int i = 0; i < flat.length; i++) {
          flat[i] =
              (float)
                  switch (parameter.kind()) {
                    case LINEAR -> 0.3 * random.nextGaussian();
                    case EMBEDDING -> 0.6 * random.nextGaussian();
                    case NORM_WEIGHT -> 0.75 + 0.5 * random.nextDouble();
                    case BIAS -> 0.2 * random.nextGaussian();
                  };
          values[i / columns][i % columns] = flat[i];
        }
        weights.put(parameter.name(), values);
        NDArray tensor = manager.create(flat, shape);
        writer.put(parameter.name(), tensor);
      }
      writer.finish(lender(config), "float32");
    }
    return Checkpoint.open(target);
  }

  /** A checkpoint that lends its configuration. */
  private Checkpoint lender(JsonNode config) throws IOException {
    Path lender = Files.createDirectories(directory.resolve("lender"));
    Files.writeString(lender.resolve("config.json"), config.toString());
    Files.write(lender.resolve("model.safetensors"), oneTensor());
    return Checkpoint.open(lender);
  }

  private static byte[] oneTensor() {
    byte[] header =
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 1)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put((byte) 0)
        .array();
  }

  private double[][] matrix(String prefix) {
    return Objects.requireNonNull(weights.get(prefix + ".weight"));
  }

  private double[] vector(String prefix) {
    return matrix(prefix)[0];
  }

  private double[] bias(String prefix) {
    return Objects.requireNonNull(weights.get(prefix + ".bias"))[0];
  }

  private double[][] embedding(String prefix, int[] ids) {
    return Arrays.stream(ids).mapToObj(id -> matrix(prefix)[id].clone()).toArray(double[][]::new);
  }

  private double[][] norm(String prefix, double[][] x) {
    return layerNorm(x, vector(prefix), bias(prefix), 1e-5);
  }

  private double[][] gated(String prefix, double[][] z, DoubleUnaryOperator activation) {
    double[][] gate = map(linear(z, matrix(prefix + "gate_proj"), new double[0]), activation);
    double[][] up = linear(z, matrix(prefix + "up_proj"), new double[0]);
    return linear(times(gate, up), matrix(prefix + "down_proj"), new double[0]);
  }

  private double[][] plain(String prefix, double[][] z, boolean biased) {
    String in = prefix + "dense_h_to_4h";
    String out = prefix + "dense_4h_to_h";
    double[] none = new double[0];
    double[][] inner = map(linear(z, matrix(in), biased ? bias(in) : none), PlainMath::gelu);
    return linear(inner, matrix(out), biased ? bias(out) : none);
  }

  private static double[][] head(double[][] x, int head, int width) {
    return columns(x, head * width, head * width + width);
  }

  private static void put(double[][] target, double[][] head, int at) {
    for (int t = 0; t < head.length; t++) {
      System.arraycopy(head[t], 0, target[t], at, head[t].length);
    }
  }
}
