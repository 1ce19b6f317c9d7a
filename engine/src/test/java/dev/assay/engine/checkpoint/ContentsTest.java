package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Contents.Reason;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentsTest {
  @TempDir Path directory;

  /** Tensors of one file, by the bytes that they have in it. */
  private Contents contents(long... bounds) throws IOException {
    Path file = Files.write(directory.resolve("pytorch_model.bin"), new byte[100]);
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    for (int i = 0; i < bounds.length; i += 2) {
      String name = String.valueOf((char) ('a' + i / 2));
      Shape shape = new Shape((bounds[i + 1] - bounds[i]) / Float.BYTES);
      tensors.put(name, new TensorInfo(name, DType.FLOAT32, shape, file, bounds[i], bounds[i + 1]));
    }
    return Contents.of(tensors);
  }

  @Test
  void whatIsKeptIsNotTakenOffWithAStrayThatSharesIt() throws IOException {
    Contents whole = contents(12, 52, 12, 52, 52, 72, 52, 72);

    Contents fewer = whole.without(List.of("b", "c", "d"), Reason.STRAY);

    assertThat(whole.bytes()).isEqualTo(60);
    assertThat(whole.fileBytes()).isEqualTo(100);
    assertThat(fewer.bytes()).isEqualTo(40);
    assertThat(fewer.fileBytes()).as("c and d share theirs, and nobody else's").isEqualTo(80);
  }

  @Test
  void aTensorThatIsLeftOutSaysWhy() throws IOException {
    Contents contents =
        contents(0, 4, 4, 8, 8, 12)
            .without(List.of("a"), Reason.UNNAMED)
            .without(List.of("b"), Reason.BUFFER)
            .without(List.of("c"), Reason.STRAY);

    assertThat(contents.whyMissing("a"))
        .hasValueSatisfying(why -> assertThat(why).contains("index"));
    assertThat(contents.whyMissing("b"))
        .hasValueSatisfying(why -> assertThat(why).contains("buffer").doesNotContain("index"));
    assertThat(contents.whyMissing("c"))
        .hasValueSatisfying(why -> assertThat(why).contains("nothing").doesNotContain("index"));
    assertThat(contents.whyMissing("d")).isEmpty();
  }
}
