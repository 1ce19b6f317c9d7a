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

/** PyTorch files of any content. */
class TorchFileFuzzTest {
  @TempDir static Path directory;

  static Stream<byte[]> seeds() {
    return Stream.of(false, true).map(zip64 -> sound().bytes(true, zip64));
  }

  private static TorchFileWriter sound() {
    return new TorchFileWriter()
        .tensor("x", DType.FLOAT32, new long[] {2}, RawCheckpoint.floats(1, 2));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = HostileFile.FUZZING_TIME)
  void isReadOrRefused(byte[] content) {
    Path file = directory.resolve("pytorch_model.bin");
    HostileFile.read(file, content, () -> TorchFile.read(file).forEach(TensorInfo::elements));
  }
}
