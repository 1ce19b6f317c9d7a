package dev.assay.harness.dataset;

import dev.assay.engine.hub.HubFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A file inside a zip archive on the hub.
 *
 * @param archive the archive
 * @param path of the file in the archive; also its path below a directory of datasets
 */
record ArchiveMember(HubFile archive, String path) {
  private static final int MAX_BYTES = 64 << 20;

  /**
   * The file's content.
   *
   * @param copy of the archive
   * @throws IOException if the archive is none, has no such member, or that is beyond 64 MiB
   */
  byte[] read(Path copy) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(copy))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(path)) {
          byte[] content = zip.readNBytes(MAX_BYTES + 1);
          if (content.length > MAX_BYTES) {
            throw new IOException("found more than " + MAX_BYTES + " bytes");
          }
          return content;
        }
      }
    }
    throw new FileNotFoundException("found no " + path + " in the archive");
  }
}
