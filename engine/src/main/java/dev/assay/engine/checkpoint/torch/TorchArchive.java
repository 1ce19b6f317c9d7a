package dev.assay.engine.checkpoint.torch;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.torch.ZipDirectory.Range;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/**
 * The zip archive that {@code torch.save} writes since PyTorch 1.6: {@code NAME/data.pkl} and the
 * storages {@code NAME/data/KEY}, none of them compressed, so that they can be mapped in place.
 */
final class TorchArchive {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] LEGACY = {(byte) 0x80, 2, (byte) 0x8a, 10};
  private static final String PICKLE = "/data.pkl";
  private static final long MAX_PICKLE_BYTES = 32 << 20;
  private static final long MAX_BYTE_ORDER_BYTES = 16;

  private final Path file;
  private final String root;
  private final SortedMap<String, Range> entries;

  private TorchArchive(Path file, String root, SortedMap<String, Range> entries) {
    this.file = file;
    this.root = root;
    this.entries = entries;
  }

  /**
   * Reads and checks the directory of an archive.
   *
   * @throws BadCheckpointException if it is damaged or not in the format
   */
  static TorchArchive open(Path file) {
    requireZip(file);
    SortedMap<String, Range> entries = ZipDirectory.read(file);
    List<String> roots =
        entries.keySet().stream()
            .filter(name -> name.endsWith(PICKLE))
            .map(name -> name.substring(0, name.length() - PICKLE.length()))
            .filter(root -> root.indexOf('/') < 0)
            .toList();
    if (roots.size() != 1) {
      throw new BadCheckpointException(
          file + ": found " + roots.size() + " entries NAME/data.pkl, expected one");
    }
    TorchArchive archive = new TorchArchive(file, roots.get(0), entries);
    archive.requireLittleEndian();
    return archive;
  }

  /** The pickle that describes the tensors. */
  byte[] pickle() {
    return content(pickleName(), MAX_PICKLE_BYTES);
  }

  /** Name of the entry that is the pickle. */
  String pickleName() {
    return root + PICKLE;
  }

  /** Where a storage is. */
  Range storage(String key) {
    return entry(root + "/data/" + key);
  }

  private Range entry(String name) {
    Range range = entries.get(name);
    if (range == null) {
      throw new BadCheckpointException(file + ": entry '" + name + "' is missing");
    }
    return range;
  }

  private byte[] content(String name, long most) {
    Range range = entry(name);
    if (range.bytes() > most) {
      throw new BadCheckpointException(
          file
              + ": entry '"
              + name
              + "': found "
              + range.bytes()
              + " bytes, expected at most "
              + most);
    }
    return FileBytes.read(file, range.begin(), range.end());
  }

  /** Archives without the entry come from machines with the lowest byte first. */
  private void requireLittleEndian() {
    String name = root + "/byteorder";
    if (entries.containsKey(name)) {
      String order = new String(content(name, MAX_BYTE_ORDER_BYTES), StandardCharsets.US_ASCII);
      if (!order.equals("little")) {
        throw new BadCheckpointException(
            file + ": entry '" + name + "': found '" + order + "', expected 'little'");
      }
    }
  }

  private static void requireZip(Path file) {
    byte[] begin;
    try {
      begin = FileBytes.read(file, 0, Math.min(ZIP.length, Files.size(file)));
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e, e);
    }
    if (Arrays.equals(begin, LEGACY)) {
      throw new BadCheckpointException(
          file
              + ": found the format of PyTorch before 1.6, expected a zip archive; save it again"
              + " with a newer PyTorch, or as safetensors");
    }
    if (!Arrays.equals(begin, ZIP)) {
      throw new BadCheckpointException(
          file + ": found no zip archive, expected one as torch.save writes it");
    }
  }
}
