package dev.assay.engine.checkpoint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.HostileFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON files of any content beside sound weights; the first byte says which of them it is. */
class ConfigFuzzTest {
  private static final List<String> FILES =
      List.of("config.json", "model.safetensors.index.json", "quantize_config.json");

  @TempDir static Path parent;

  /** Each file in a directory of its own, so that one is wrong at a time. */
  @BeforeAll
  static void write() throws IOException {
    for (String name : FILES) {
      Path directory = Files.createDirectory(parent.resolve(name));
      Files.writeString(directory.resolve("config.json"), "{}");
      RawCheckpoint.write(
          directory.resolve(name.contains("index") ? "a.safetensors" : "model.safetensors"),
          "{'x': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}}",
          RawCheckpoint.floats(1));
    }
  }

  static Stream<byte[]> seeds() {
    String llama =
        "'hidden_size':8,'intermediate_size':8,'num_attention_heads':2,'num_hidden_layers':1,"
            + "'num_key_value_heads':1,'vocab_size':4,'max_position_embeddings':16,"
            + "'rms_norm_eps':1e-5,'rope_theta':1e4,'hidden_act':'silu','head_dim':4,"
            + "'layer_norm_epsilon':1e-5,'n_embd':8,'n_head':2,'n_layer':1,'n_positions':16";
    return Stream.of(
            "0{'model_type':'llama',"
                + llama
                + ",'rope_scaling':{'rope_type':'llama3','factor':8.0,"
                + "'low_freq_factor':1.0,'high_freq_factor':4.0,"
                + "'original_max_position_embeddings':8}}",
            "0{'model_type':'gpt2','activation_function':'gelu_new'," + llama + "}",
            "0{'model_type':'phi3','sliding_window':3," + llama + "}",
            "0{'model_type':'mixtral','num_local_experts':2,'num_experts_per_tok':1," + llama + "}",
            "0{'quantization_config':{'quant_method':'compressed-tensors','format':'pack-quantized',"
                + "'config_groups':{'group_0':{'weights':{'type':'int','num_bits':4,"
                + "'strategy':'group','group_size':32,'symmetric':true}}}}}",
            "0{'quantization_config':{'quant_method':'awq','bits':4,'group_size':32}}",
            "0{'quantization_config':{'quant_method':'bitsandbytes','load_in_4bit':true}}",
            "1{'weight_map':{'x':'a.safetensors'}}",
            "2{'bits':4,'group_size':32,'sym':true,'desc_act':false}")
        .map(text -> text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = HostileFile.FUZZING_TIME)
  void isReadOrRefused(byte[] content) {
    if (content.length > 0) {
      Path directory = parent.resolve(FILES.get(Math.floorMod(content[0] - '0', FILES.size())));
      HostileFile.read(
          directory.resolve(String.valueOf(directory.getFileName())),
          Arrays.copyOfRange(content, 1, content.length),
          () -> new Families().architecture(Checkpoint.open(directory)));
    }
  }
}
