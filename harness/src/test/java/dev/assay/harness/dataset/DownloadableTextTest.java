package dev.assay.harness.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.hub.HubFile;
import dev.assay.engine.hub.HubSettings;
import dev.assay.engine.hub.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a hub of our own. */
class DownloadableTextTest {
  private static final String TEXT = " = Heading = \n".repeat(1000);
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String ARCHIVE_PATH = "/datasets/owner/repo/resolve/" + COMMIT + "/set.zip";
  private static final DownloadableText DOWNLOADABLE =
      new DownloadableText(
          "set",
          new DatasetInfo.Split("test", DigestUtils.sha256Hex(TEXT), TEXT.length()),
          new ArchiveMember(new HubFile("owner/repo", COMMIT, "set.zip"), "set/test.raw"));

  @TempDir private Path temporary;
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer hub;

  @BeforeEach
  void startHub() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.start();
  }

  @AfterEach
  void stopHub() {
    hub.stop(0);
  }

  @Test
  void downloadsOnce() throws Exception {
    serve(200, zip("set/readme", "x", "set/test.raw", TEXT));

    assertThat(DOWNLOADABLE.load(online()).text()).isEqualTo(TEXT);
    assertThat(DOWNLOADABLE.load(online()).text()).isEqualTo(TEXT);

    assertThat(requests).hasValue(1);
    assertThat(cachedFiles()).containsExactly(cached());
  }

  @Test
  void cacheServesOffline() throws Exception {
    Files.createDirectories(cached().getParent());
    Files.writeString(cached(), TEXT);

    assertThat(DOWNLOADABLE.load(offline()).text()).isEqualTo(TEXT);
  }

  @Test
  void ownDirectoryComesFirst() throws Exception {
    Path own = temporary.resolve("own");
    Files.createDirectories(own.resolve("set"));
    Files.writeString(own.resolve("set/test.raw"), TEXT);

    assertThat(DOWNLOADABLE.load(offline().withDirectories(List.of(own))).text()).isEqualTo(TEXT);
    assertThat(cachedFiles()).isEmpty();
  }

  @Test
  void wrongTextInOwnDirectoryIsAnErrorThatNamesIt() throws Exception {
    Path own = temporary.resolve("own");
    Files.createDirectories(own.resolve("set"));
    Files.writeString(own.resolve("set/test.raw"), "other");

    assertThatThrownBy(() -> DOWNLOADABLE.load(online().withDirectories(List.of(own))))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(own.resolve("set/test.raw") + ": dataset set, split test")
        .hasMessageContaining("expected " + DOWNLOADABLE.pinned().sha256());
    assertThat(requests).hasValue(0);
  }

  @Test
  void spoiltCacheIsReplaced() throws Exception {
    Files.createDirectories(cached().getParent());
    Files.writeString(cached(), TEXT.substring(1));
    serve(200, zip("set/test.raw", TEXT));

    assertThat(DOWNLOADABLE.load(online()).text()).isEqualTo(TEXT);
    assertThat(cached()).hasContent(TEXT);
  }

  @Test
  void wrongChecksumKeepsNothing() throws Exception {
    serve(200, zip("set/test.raw", "another text"));

    assertThatThrownBy(() -> DOWNLOADABLE.load(online()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "found sha256 " + DigestUtils.sha256Hex("another text") + " (12 bytes)");
    assertThat(cachedFiles()).isEmpty();
  }

  @Test
  void notFoundSaysWhereToPutTheFile() {
    serve(404, "none".getBytes(UTF_8));

    assertThatThrownBy(() -> DOWNLOADABLE.load(online()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("HTTP status 404")
        .hasMessageContaining("at " + cached().toAbsolutePath() + ", or set ASSAY_DATASETS");
    assertThat(cachedFiles()).isEmpty();
  }

  @Test
  void brokenTransferKeepsNothing() throws Exception {
    byte[] whole = zip("set/test.raw", TEXT);
    hub.createContext(
        ARCHIVE_PATH,
        exchange -> {
          if (exchange.getRequestMethod().equals("HEAD")) {
            answer(exchange, 200, whole);
            return;
          }
          requests.incrementAndGet();
          exchange.sendResponseHeaders(200, whole.length);
          exchange.getResponseBody().write(whole, 0, 10);
          exchange.getResponseBody().flush();
          exchange.close();
        });

    assertThatThrownBy(() -> DOWNLOADABLE.load(online()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the transfer broke off")
        .hasMessageContaining("Put the file");
    assertThat(cachedFiles()).isEmpty();
    assertThat(requests).hasValueGreaterThan(1);
  }

  @Test
  void archiveInTheCacheOfTheHubServesOffline() throws Exception {
    Path archive = temporary.resolve("hf/datasets--owner--repo/snapshots/" + COMMIT + "/set.zip");
    Files.createDirectories(archive.getParent());
    Files.write(archive, zip("set/test.raw", TEXT));

    assertThat(DOWNLOADABLE.load(offline()).text()).isEqualTo(TEXT);
    assertThat(requests).hasValue(0);
  }

  @Test
  void archiveWithoutTheFileKeepsNothing() throws Exception {
    serve(200, zip("set/train.raw", TEXT));

    assertThatThrownBy(() -> DOWNLOADABLE.load(online()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found no set/test.raw in the archive");
    assertThat(cachedFiles()).isEmpty();
  }

  @Test
  void offlineWithoutACopyIsOneErrorThatSaysWhatToDo() {
    assertThatThrownBy(
            () -> DOWNLOADABLE.load(offline().withDirectories(List.of(temporary.resolve("own")))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("dataset set, split test: found no copy at")
        .hasMessageContaining("HF_HUB_OFFLINE forbids")
        .hasMessageContaining("sha256 " + DOWNLOADABLE.pinned().sha256())
        .hasMessageContaining("at " + temporary.resolve("own/set/test.raw"))
        .hasMessageContaining("ASSAY_DATASETS");
    assertThat(requests).hasValue(0);
  }

  @Test
  void unreachableHubIsTheSameError() {
    DatasetLocations locations = online();
    hub.stop(0);

    assertThatThrownBy(() -> DOWNLOADABLE.load(locations))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("ConnectException")
        .hasMessageContaining("Put the file");
  }

  private void serve(int status, byte[] body) {
    hub.createContext(
        ARCHIVE_PATH,
        exchange -> {
          if (exchange.getRequestMethod().equals("GET")) {
            requests.incrementAndGet();
          }
          answer(exchange, status, body);
        });
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"set-of-the-test\"");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + body.length);
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static byte[] zip(String... namesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private DatasetLocations online() {
    return locations(false);
  }

  private DatasetLocations offline() {
    return locations(true);
  }

  private DatasetLocations locations(boolean offline) {
    URI address = URI.create("http://localhost:" + hub.getAddress().getPort());
    Duration pause = Duration.ofMillis(1);
    RetryPolicy retries = new RetryPolicy(3, pause, pause, Duration.ofSeconds(30));
    return new DatasetLocations(
        List.of(),
        temporary.resolve("cache"),
        new HubSettings(address, offline, temporary.resolve("hf"), null, retries));
  }

  private Path cached() {
    return temporary.resolve("cache/set/test.raw");
  }

  private List<Path> cachedFiles() {
    Path cache = temporary.resolve("cache");
    if (!Files.exists(cache)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
