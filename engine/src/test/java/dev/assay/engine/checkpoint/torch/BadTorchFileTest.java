package dev.assay.engine.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.torch.pickle.PickleWriter;
import dev.assay.engine.torch.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files pytorch_model.bin that are damaged, hostile or of another kind. */
@Timeout(60)
class BadTorchFileTest {
  private static final long[] ONE = {1};

  @TempDir Path directory;
  private Path file = Path.of("unset");

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
    file = directory.resolve("pytorch_model.bin");
  }

  @Test
  void codeIsNotRun() throws IOException {
    byte[] pickle =
        PickleWriter.begin().global("os", "system").text("true").op(0x85).ops("R").end();

    assertRefused(
        zip(pickle).bytes(),
        "entry 'a/data.pkl': instruction at byte 2: found the global 'os.system', which is not");
  }

  @Test
  void filesOfOldPyTorch() throws IOException {
    byte[] magic = {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46};

    assertRefused(Arrays.copyOf(magic, 500), "found the format of PyTorch before 1.6, expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PK", "version https://git-lfs.github.com/spec/v1"})
  void filesThatAreNoArchive(String text) throws IOException {
    assertRefused(text.getBytes(StandardCharsets.UTF_8), "found no zip archive");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyTruncationIsRefused(boolean zip64) throws IOException {
    byte[] whole = sound().bytes(true, zip64);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "");
    }
  }

  /** Whatever a byte is changed to, the file is read or there is the one kind of error. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyDamageIsSurvived(boolean zip64) throws IOException {
    byte[] bytes = sound().bytes(false, zip64);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int flip : new int[] {1, 0xff}) {
        bytes[at] ^= (byte) flip;
        Files.write(file, bytes);
        try {
          Checkpoint.open(directory);
        } catch (BadCheckpointException e) {
          assertThat(e).hasMessageStartingWith(file + ": ");
          refused++;
        }
        bytes[at] ^= (byte) flip;
      }
    }
    assertThat(refused).isGreaterThan(bytes.length / 2);
  }

  @Test
  void compressedEntries() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("a/data.pkl"));
      out.write(new byte[10_000_000]);
    }

    assertRefused(bytes.toByteArray(), "entry 'a/data.pkl': found compressed or encrypted");
  }

  @Test
  void encryptedEntries() throws IOException {
    assertRefused(
        zip(sound().pickle()).entry("a/data/0", new byte[8], 1, 0, 8).bytes(),
        "entry 'a/data/0': found compressed or encrypted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "/etc/evil", "a/../../evil", "a\\..\\evil"})
  void namesThatLeadOutside(String name) throws IOException {
    assertRefused(
        zip(sound().pickle()).entry(name, new byte[1]).bytes(), "a name that leads out of the");
  }

  @Test
  void namesThatOccurTwice() throws IOException {
    assertRefused(
        zip(sound().pickle()).entry("a/data/0", new byte[8]).entry("a/data/0", new byte[8]).bytes(),
        "entry 'a/data/0': found twice");
  }

  @ParameterizedTest
  @CsvSource({"false, 2147483647", "true, 9223372036854775807", "true, 5000000000000"})
  void sizesBeyondTheFile(boolean zip64, long size) throws IOException {
    byte[] bytes =
        new ZipWriter(true, zip64)
            .entry("a/data.pkl", sound().pickle())
            .entry("a/data/0", new byte[8], 0, 0, size)
            .bytes();

    assertRefused(bytes, "a/data/0");
  }

  @Test
  void entriesThatOverlap() throws IOException {
    byte[] bytes =
        new ZipWriter(true, false)
            .entry("a/data/0", new byte[8], 0, 0, 100)
            .entry("a/data.pkl", sound().pickle())
            .bytes();

    assertRefused(bytes, "overlaps entry 'a/data/0'");
  }

  @Test
  void archivesWithoutOrWithTwoPickles() throws IOException {
    assertRefused(
        new ZipWriter(true, false).entry("a/b/data.pkl", new byte[3]).bytes(),
        "found 0 entries NAME/data.pkl, expected one");
    assertRefused(
        zip(sound().pickle()).entry("b/data.pkl", new byte[3]).bytes(),
        "found 2 entries NAME/data.pkl, expected one");
  }

  @Test
  void highestByteFirst() throws IOException {
    assertRefused(
        zip(sound().pickle()).entry("a/byteorder", new byte[] {'b', 'i', 'g'}).bytes(),
        "entry 'a/byteorder': found 'big', expected 'little'");
  }

  @Test
  void storagesThatAreMissingOrCut() throws IOException {
    assertRefused(zip(sound().pickle()).bytes(), "entry 'a/data/0' is missing");
    assertRefused(
        zip(sound().pickle()).entry("a/data/0", new byte[7]).bytes(),
        "tensor 'x': found a storage of 7 bytes, expected 2 elements of float32");
    assertRefused(
        zip(sound().pickle()).entry("a/data/0", new byte[12]).bytes(),
        "tensor 'x': found a storage of 12 bytes, expected 2 elements of float32");
  }

  @Test
  void viewsThatLeaveTheirStorage() throws IOException {
    assertRefused(view(2, 3, ONE, ONE), "found shape [1] from element 3, expected it to end");
    assertRefused(view(2, 1, new long[] {2}, ONE), "found shape [2] from element 1, expected");
    assertRefused(
        view(2, Long.MAX_VALUE, ONE, ONE), "from element 9223372036854775807, expected it to end");
    long huge = 1L << 62;
    assertRefused(
        view(2, 0, new long[] {huge, 4}, new long[] {4, 1}),
        "tensor 'x': found shape [4611686018427387904, 4], expected fewer than 2^63 elements");
    assertRefused(view(1L << 40, 0, ONE, ONE), "found a storage of 8 bytes, expected");
  }

  private static byte[] view(long elements, long offset, long[] shape, long[] strides) {
    return new TorchFileWriter()
        .storage("0", new byte[8])
        .view("x", DType.FLOAT32, "0", elements, offset, shape, strides)
        .bytes(true, false);
  }

  /** One tensor x, float32 [2]. */
  private static TorchFileWriter sound() {
    return new TorchFileWriter()
        .tensor("x", DType.FLOAT32, new long[] {2}, RawCheckpoint.floats(1, 2));
  }

  private static ZipWriter zip(byte[] pickle) {
    return new ZipWriter(true, false).entry("a/data.pkl", pickle);
  }

  private void assertRefused(byte[] bytes, String message) throws IOException {
    Files.write(file, bytes);

    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }
}
