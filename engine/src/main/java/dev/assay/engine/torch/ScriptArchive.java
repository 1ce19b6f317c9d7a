package dev.assay.engine.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: a module without attributes whose methods are given as text. The
 * layout (a zip of stored entries with two pickles, the code and the version) is the one that
 * PyTorch 2.x reads.
 */
final class ScriptArchive {
  private static final String CLASS_NAME = "Kernels";
  private static final String FORMAT_VERSION = "10\n";
  private static final byte PROTO = (byte) 0x80;
  private static final byte NEWOBJ = (byte) 0x81;
  private static final byte NEWFALSE = (byte) 0x89;

  private ScriptArchive() {}

  /**
   * The archive's bytes.
   *
   * @param methods TorchScript source, each method {@code def name(self, …) -> T:} unindented
   */
  static byte[] bytes(String methods) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      store(zip, "m/data.pkl", modulePickle());
      store(zip, "m/code/__torch__.py", code(methods).getBytes(StandardCharsets.UTF_8));
      store(zip, "m/constants.pkl", new byte[] {PROTO, 2, ')', '.'});
      store(zip, "m/version", FORMAT_VERSION.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String code(String methods) {
    StringBuilder code =
        new StringBuilder("class ")
            .append(CLASS_NAME)
            .append("(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
    methods
        .lines()
        .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
        .forEach(line -> code.append("  ").append(line).append('\n'));
    return code.toString();
  }

  /** An object of the class with the one attribute {@code training = False}. */
  private static byte[] modulePickle() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {PROTO, 2, 'c'});
    pickle.write(("__torch__\n" + CLASS_NAME + "\n").getBytes(StandardCharsets.UTF_8));
    pickle.write(new byte[] {')', NEWOBJ, '}', '(', 'X'});
    byte[] key = "training".getBytes(StandardCharsets.UTF_8);
    pickle.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(key.length).array());
    pickle.write(key);
    pickle.write(new byte[] {NEWFALSE, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    entry.setTime(0L);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
