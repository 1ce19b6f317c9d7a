package dev.assay.engine.checkpoint.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.fixture.HostileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Safetensors files of any content. */
class SafetensorsFuzzTest {
  @TempDir static Path directory;

  static Stream<byte[]> seeds() throws IOException {
    Path file = Files.createTempFile("seed", ".safetensors");
    RawCheckpoint.write(
        file,
        "{'__metadata__':{'format':'pt'},"
            + "'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'y.weight':{'dtype':'BF16','shape':[2,1],'data_offsets':[8,12]}}",
        RawCheckpoint.floats(1, 2, 3));
    byte[] sound = Files.readAllBytes(file);
    Files.delete(file);
    return Stream.of(sound);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = HostileFile.FUZZING_TIME)
  void isReadOrRefused(byte[] content) {
    Path file = directory.resolve("model.safetensors");
    HostileFile.read(
        file, content, () -> SafetensorsHeader.read(file).forEach(TensorInfo::elements));
  }
}
