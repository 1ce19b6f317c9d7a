package dev.assay.engine.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged safetensors files: each gives one error that names the file and what is wrong. */
class BadSafetensorsTest {
  @TempDir Path directory;
  private Path file = Path.of("unset");

  @BeforeEach
  void write() throws IOException {
    RawCheckpoint.source(directory);
    file = directory.resolve("model.safetensors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # not JSON, or not the JSON that is expected
          {'x': {'dtype'                                                            | header: line 1, column
          [1, 2]                                                                    | header: found ARRAY, expected a JSON object
          {'x': 3}                                                                  | tensor 'x': found dtype ''
          {'x': {'dtype': 'F32', 'shape': 2, 'data_offsets': [0, 8]}}               | tensor 'x': found shape 2, expected an array of whole numbers
          {'x': {'dtype': 'F32', 'shape': [-2], 'data_offsets': [0, 8]}}            | tensor 'x': found shape [-2], expected an array of whole numbers
          {'x': {'dtype': 'F32', 'shape': [2.0], 'data_offsets': [0, 8]}}           | tensor 'x': found shape [2.0], expected an array of whole numbers
          {'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0]}}                | tensor 'x': found data_offsets [0], expected [begin, end]
          {'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 'a']}}           | tensor 'x': found data_offsets [0,"a"], expected an array of whole numbers
          {'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [8, 0]}}             | tensor 'x': found data_offsets [8, 0], expected [begin, end] in order
          {'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 99999999999999999999]}} | tensor 'x': found data_offsets
          # types and sizes
          {'x': {'dtype': 'Q7', 'shape': [2], 'data_offsets': [0, 8]}}              | tensor 'x': found dtype 'Q7', expected one of U8, I8
          {'x': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 8]}}             | tensor 'x': found 8 bytes, expected those of shape [3] in F32
          {'x': {'dtype': 'F16', 'shape': [2], 'data_offsets': [0, 8]}}             | tensor 'x': found 8 bytes, expected those of shape [2] in F16
          {'x': {'dtype': 'F32', 'shape': [4611686018427387904, 4], 'data_offsets': [0, 8]}} | tensor 'x': found 8 bytes
          # places
          {'x': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 12]}}            | tensor 'x': found data_offsets [0, 12], expected an end of at most 8
          {'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}, 'y': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}} | tensors overlap
          {'x': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}}             | tensors leave a gap
          {'x': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}}             | where tensor 'x' ends
          # twice
          {'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}, 'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}} | found key 'x' twice
          """)
  void headerIsRefused(String header, String message) throws IOException {
    RawCheckpoint.write(file, header, RawCheckpoint.floats(1, 2));

    assertRefused(message);
  }

  @Test
  void anyTruncationIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));

      assertRefused("found");
    }
  }

  @Test
  void bytesTooManyAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));

    assertRefused("where tensor 'x' ends");
  }

  /** Nothing of the claimed size is allocated. */
  @ParameterizedTest
  @CsvSource({"1000", "100000001", "2147483648", "9223372036854775807", "-1"})
  void headerLengthBeyondTheFileIsRefused(long length) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, whole);

    assertRefused("found a header length of " + Long.toUnsignedString(length) + " bytes");
  }

  /** The format allows metadata, tensors without elements and scalars. */
  @Test
  void whatTheFormatAllowsIsRead() throws IOException {
    RawCheckpoint.write(
        file,
        "{'__metadata__': {'format': 'pt'},"
            + " 'none': {'dtype': 'F32', 'shape': [0, 3], 'data_offsets': [4, 4]},"
            + " 'x': {'dtype': 'F32', 'shape': [], 'data_offsets': [0, 4]},"
            + " 'y': {'dtype': 'F32', 'shape': [1, 1], 'data_offsets': [4, 8]}}   ",
        RawCheckpoint.floats(1, 2));

    Checkpoint checkpoint = Checkpoint.open(directory);

    assertThat(checkpoint.names()).containsExactly("none", "x", "y");
    assertThat(checkpoint.info("y").begin() + 4).isEqualTo(checkpoint.fileBytes());
    assertThat(checkpoint.parameters()).isEqualTo(2);
    assertThat(checkpoint.weightBytes()).isEqualTo(8);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }
}
