package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that does not run here can be unpacked; what that loses is said. */
class UnknownFamilyTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "compressed-tensors/w8a8_fp8_kvcache, newcomer, 'inputs, keys and values'",
    "compressed-tensors/fp8_channel_dynamic, newcomer, inputs",
    "compressed-tensors/mxfp8a16, newcomer,",
    "compressed-tensors/w8a8_fp8_kvcache, llama,",
  })
  void whatSafetensorsLoses(String artifact, String family, String lost) throws IOException {
    Path source = directory.resolve("source");
    PathUtils.copyDirectory(Goldens.room("artifacts").resolve(artifact), source);
    ObjectNode config = JsonFiles.read(source.resolve("config.json")).deepCopy();
    JsonFiles.write(source.resolve("config.json"), config.put("model_type", family));

    Exported exported =
        new ExportFormats()
            .of("safetensors")
            .export(torch, Checkpoint.open(source), directory.resolve("target"), 1L << 30);

    String note =
        "leaves out what the quantization does to %s: the family 'newcomer' is not known here"
            .formatted(lost);
    if (lost == null) {
      assertThat(exported.notes()).noneMatch(each -> each.startsWith("leaves out"));
    } else {
      assertThat(exported.notes()).contains(note);
    }
  }
}
