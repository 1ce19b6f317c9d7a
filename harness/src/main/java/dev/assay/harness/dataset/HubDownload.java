package dev.assay.harness.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches a file from the hub into memory; stalls end in an error. */
final class HubDownload {
  private static final Logger LOG = LoggerFactory.getLogger(HubDownload.class);
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MAX_BYTES = 64 << 20;
  private static final int LOG_EVERY = 1 << 20;

  private HubDownload() {}

  /**
   * @return content of the archive's member
   * @throws IOException if the archive does not arrive whole, or has no such member
   */
  static byte[] fetch(HubFile file, URI hub) throws IOException {
    byte[] archive = fetch(file.address(hub));
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(file.member())) {
          return atMost(zip, MAX_BYTES);
        }
      }
    }
    throw new FileNotFoundException("found no " + file.member() + " in the archive");
  }

  private static byte[] fetch(URI address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      connection.disconnect();
      throw new IOException("HTTP status " + status);
    }
    long announced = connection.getContentLengthLong();
    LOG.info("Downloading {} ({} bytes)", address, announced < 0 ? "unknown" : announced);
    try (InputStream body = connection.getInputStream()) {
      byte[] content = readLogging(body);
      if (announced >= 0 && content.length != announced) {
        throw new EOFException("found " + content.length + " bytes, expected " + announced);
      }
      LOG.info("Downloaded {} bytes", content.length);
      return content;
    }
  }

  private static byte[] readLogging(InputStream body) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (true) {
      byte[] chunk = body.readNBytes(LOG_EVERY);
      content.writeBytes(chunk);
      if (chunk.length < LOG_EVERY) {
        return content.toByteArray();
      }
      if (content.size() > MAX_BYTES) {
        throw new IOException("found more than " + MAX_BYTES + " bytes");
      }
      LOG.info("Downloaded {} MiB so far", content.size() >> 20);
    }
  }

  private static byte[] atMost(InputStream in, int limit) throws IOException {
    byte[] content = in.readNBytes(limit + 1);
    if (content.length > limit) {
      throw new IOException("found more than " + limit + " bytes");
    }
    return content;
  }
}
