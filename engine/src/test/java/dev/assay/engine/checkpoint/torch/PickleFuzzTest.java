package dev.assay.engine.checkpoint.torch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.fixture.HostileFile;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Sound archives whose pickle is of any content. */
class PickleFuzzTest {
  @TempDir static Path directory;

  static Stream<byte[]> seeds() {
    return Stream.of(
        new TorchFileWriter()
            .tensor("x", DType.FLOAT32, new long[] {2}, RawCheckpoint.floats(1, 2))
            .pickle());
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = HostileFile.FUZZING_TIME)
  void isReadOrRefused(byte[] pickle) {
    Path file = directory.resolve("pytorch_model.bin");
    byte[] archive =
        new ZipWriter(true, false)
            .entry("a/data.pkl", pickle)
            .entry("a/data/0", RawCheckpoint.floats(1, 2))
            .bytes();
    HostileFile.read(file, archive, () -> TorchFile.read(file).forEach(TensorInfo::elements));
  }
}
