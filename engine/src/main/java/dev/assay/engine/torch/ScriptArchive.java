package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: tensors one by one, then an object and the sources of its classes.
 * The layout (a zip of stored entries with two pickles, the code and the version) is the one that
 * PyTorch 2.x reads.
 */
public final class ScriptArchive implements AutoCloseable {
  private static final String FORMAT_VERSION = "10\n";
  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  /** The least that a zip file can say, in every time zone. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ZipOutputStream zip;
  private final WritableByteChannel channel;
  private final Map<String, ArchivedTensor> tensors = new LinkedHashMap<>();
  private int written;

  /**
   * @param out where it goes; closed with the archive
   */
  public ScriptArchive(OutputStream out) {
    this.zip = new ZipOutputStream(out);
    this.channel = Channels.newChannel(zip);
  }

  /** The archive of an object whose classes are in resources, without tensors. */
  static byte[] bytes(ScriptObject root) {
    return bytes(ScriptSources.of(root), root);
  }

  /**
   * The archive of one module without attributes.
   *
   * @param methods TorchScript source, each method {@code def name(self, …) -> T:} unindented
   */
  static byte[] ofMethods(String methods) {
    String name = "Kernels";
    ScriptObject root =
        new ScriptObject(new ScriptClass(ScriptArchive.class, "kernels", name), Map.of());
    return bytes(Map.of("kernels", "class " + name + "(Module):\n" + indented(methods)), root);
  }

  private static String indented(String methods) {
    StringBuilder code = new StringBuilder();
    methods
        .lines()
        .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
        .forEach(line -> code.append("  ").append(line).append('\n'));
    return code.toString();
  }

  private static byte[] bytes(Map<String, String> sources, ScriptObject root) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ScriptArchive archive = new ScriptArchive(out)) {
      archive.finish(sources, root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Writes a tensor.
   *
   * @param path of its attribute in the object, such as {@code model.norm.weight}
   */
  public void tensor(Tensors torch, String path, NDArray tensor) throws IOException {
    // Key 0 is the storage of tensors without elements.
    String key = String.valueOf(++written);
    tensors.put(path, new ArchivedTensor(key, torch.typeOf(tensor), tensor.getShape()));
    store("data/" + key, torch.bytes(tensor));
  }

  /**
   * Lets an attribute be a tensor that was written for another.
   *
   * @throws IllegalArgumentException if none was written at that path
   */
  public void share(String path, String other) {
    ArchivedTensor tensor = tensors.get(other);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor was written at '" + other + "'");
    }
    tensors.put(path, tensor);
  }

  /** Tensors that were written. */
  public int tensors() {
    return written;
  }

  /**
   * Writes the object, whose attributes at the paths are the tensors, and what belongs to it.
   *
   * @throws IllegalArgumentException if a resource of its classes is missing
   */
  public void finish(ScriptObject root) throws IOException {
    finish(ScriptSources.of(root), root);
  }

  private void finish(Map<String, String> sources, ScriptObject root) throws IOException {
    store("data/" + ScriptPickle.EMPTY.key(), ByteBuffer.allocate(0));
    store("data.pkl", ByteBuffer.wrap(ScriptPickle.of(root, tensors)));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      store("code/__torch__/" + source.getKey() + ".py", utf8(source.getValue()));
    }
    store("constants.pkl", ByteBuffer.wrap(NO_CONSTANTS));
    store("version", utf8(FORMAT_VERSION));
    zip.finish();
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private void store(String name, ByteBuffer content) throws IOException {
    ZipEntry entry = new ZipEntry("m/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.remaining());
    CRC32 crc = new CRC32();
    crc.update(content.duplicate());
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(NO_TIME);
    zip.putNextEntry(entry);
    while (content.hasRemaining()) {
      channel.write(content);
    }
    zip.closeEntry();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
