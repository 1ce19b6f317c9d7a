package dev.assay.engine.adapter;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The files of an adapter.
 *
 * @param config {@code adapter_config.json}
 * @param tensors {@code adapter_model.safetensors}
 */
record AdapterFiles(Path config, Path tensors) {
  static final String CONFIG = "adapter_config.json";
  static final String TENSORS = "adapter_model.safetensors";

  /**
   * Those of a directory.
   *
   * @throws BadInputException if they are not there
   */
  static AdapterFiles in(Path directory) {
    AdapterFiles files = new AdapterFiles(directory.resolve(CONFIG), directory.resolve(TENSORS));
    for (Path file : List.of(files.config, files.tensors)) {
      if (!Files.isRegularFile(file)) {
        throw new BadInputException(
            "adapter: %s: found no such file, expected an adapter as PEFT saves it: %s and %s"
                .formatted(file, files.config.getFileName(), files.tensors.getFileName()));
      }
    }
    return files;
  }

  /** Of the bytes of both. */
  String sha256() {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (Path file : List.of(config, tensors)) {
      try (InputStream bytes = Files.newInputStream(file)) {
        DigestUtils.updateDigest(digest, bytes);
      } catch (IOException e) {
        throw new BadInputException(
            "adapter: %s: cannot be read: %s".formatted(file, e.getMessage()), e);
      }
    }
    return Hex.encodeHexString(digest.digest());
  }
}
