package dev.assay.engine.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when transfers go wrong. */
class HubTransferTest {
  private static final HubReference TINY = HubReference.parse("hub:owner/tiny");
  private static final String WEIGHTS = "model.safetensors";

  @TempDir private Path cache;
  private final List<HubEvent> events = new ArrayList<>();
  private final BlobLocks locks = new ProcessLocks();
  private FakeHub hub;

  @BeforeEach
  void start() throws IOException {
    hub = FakeHub.tiny(3_000_000);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private HubModels models() {
    return new HubModels(hub.settings(cache), events::add, locks);
  }

  private HubSettings impatient(int attempts, Duration stall) {
    Duration pause = Duration.ofMillis(1);
    return new HubSettings(
        hub.address(), false, cache, null, new RetryPolicy(attempts, pause, pause, stall));
  }

  private Path blob() {
    return cache
        .resolve("models--owner--tiny/blobs")
        .resolve(FakeHub.hash(hub.content(WEIGHTS), 64));
  }

  private Path part() {
    return blob().resolveSibling(blob().getFileName() + ".incomplete");
  }

  private List<FakeHub.Seen> cdnRequests() {
    return hub.seen().stream().filter(each -> each.server().equals("cdn")).toList();
  }

  private List<HubEvent.DownloadRetried> retries() {
    return events.stream()
        .filter(HubEvent.DownloadRetried.class::isInstance)
        .map(HubEvent.DownloadRetried.class::cast)
        .toList();
  }

  private void assertWhole() {
    assertThat(blob()).hasBinaryContent(hub.content(WEIGHTS));
    assertThat(part()).doesNotExist();
  }

  @Test
  void goesOnWhereATransferBrokeOff() {
    hub.next(hub.cdnPath(WEIGHTS), hub.breaksOff(WEIGHTS, 1_000_000));

    models().fetch(TINY);

    assertWhole();
    assertThat(cdnRequests()).hasSize(2);
    assertThat(cdnRequests().get(0).header("Range")).isEmpty();
    String range = cdnRequests().get(1).header("Range");
    assertThat(range).matches("bytes=[1-9]\\d*-");
    assertThat(retries()).hasSize(1);
    assertThat(retries().get(0).reason()).contains("the transfer broke off");
  }

  @Test
  void goesOnWhereAnEarlierProcessStopped() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), Arrays.copyOf(hub.content(WEIGHTS), 2_000_000));

    models().fetch(TINY);

    assertWhole();
    assertThat(cdnRequests()).hasSize(1);
    assertThat(cdnRequests().get(0).header("Range")).isEqualTo("bytes=2000000-");
    HubEvent.DownloadBegan began = (HubEvent.DownloadBegan) events.get(0);
    assertThat(began.bytes()).isBetween(1_000_000L, 1_001_000L);
  }

  @Test
  void beginsAnewWhereTheServerKnowsNoRanges() throws IOException {
    hub.withoutRanges();
    Files.createDirectories(part().getParent());
    Files.write(part(), Arrays.copyOf(hub.content(WEIGHTS), 2_000_000));

    models().fetch(TINY);

    assertWhole();
    assertThat(cdnRequests()).hasSize(1);
  }

  @Test
  void beginsAnewWhereTheBeginningIsOfAnotherFile() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), new byte[1000]);

    models().fetch(TINY);

    assertWhole();
    assertThat(cdnRequests())
        .extracting(each -> each.header("Range"))
        .containsExactly("bytes=1000-", "");
  }

  @Test
  void beginsAnewWhereMoreIsThereThanThereShouldBe() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), new byte[3_000_001]);

    models().fetch(TINY);

    assertWhole();
  }

  @Test
  void beginsAnewWhenARangeIsRefused() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), Arrays.copyOf(hub.content(WEIGHTS), 1000));
    hub.next(hub.cdnPath(WEIGHTS), FakeHub.status(416));

    models().fetch(TINY);

    assertWhole();
    assertThat(cdnRequests().get(1).header("Range")).isEmpty();
  }

  @Test
  void aRangeThatWasNotAskedForIsNotTaken() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), Arrays.copyOf(hub.content(WEIGHTS), 1000));
    hub.next(hub.cdnPath(WEIGHTS), FakeHub.status(206, "Content-Range", "bytes 5-2999999/3000000"));

    models().fetch(TINY);

    assertWhole();
    assertThat(retries().get(0).reason()).contains("found Content-Range 'bytes 5-");
  }

  @Test
  void aWrongChecksumLeavesNothing() {
    byte[] wrong = hub.content(WEIGHTS).clone();
    wrong[1_500_000] ^= 1;
    hub.next(
        hub.cdnPath(WEIGHTS),
        exchange -> {
          exchange.sendResponseHeaders(200, wrong.length);
          exchange.getResponseBody().write(wrong);
        });

    assertThatThrownBy(() -> models().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("/owner/tiny/resolve/" + FakeHub.COMMIT + "/" + WEIGHTS)
        .hasMessageContaining("found checksum " + FakeHub.hash(wrong, 64))
        .hasMessageContaining("expected " + FakeHub.hash(hub.content(WEIGHTS), 64));
    assertThat(blob()).doesNotExist();
    assertThat(part()).doesNotExist();
    assertThat(cdnRequests()).hasSize(1);
  }

  @Test
  void smallFilesAreCheckedToo() {
    hub.next(
        "/config.json",
        exchange -> {
          byte[] wrong = "{\"model_type\": \"lhama\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, wrong.length);
          exchange.getResponseBody().write(wrong);
        });

    assertThatThrownBy(() -> models().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json: found checksum ");
  }

  @Test
  void moreBytesThanAnnouncedAreNotTaken() {
    for (int i = 0; i < 4; i++) {
      hub.next(
          hub.cdnPath(WEIGHTS),
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[4_000_000]);
          });
    }

    assertThatThrownBy(() -> models().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found more bytes than 3000000, tried 4 times");
    assertThat(blob()).doesNotExist();
    assertThat(part()).hasSize(0);
  }

  @Test
  void waitsAsLongAsItIsAskedTo() {
    hub.next("/main", FakeHub.status(429, "Retry-After", "1"))
        .next("/main", FakeHub.status(503))
        .next("/config.json", FakeHub.status(500));

    models().fetch(TINY);

    assertWhole();
    assertThat(retries())
        .extracting(HubEvent.DownloadRetried::reason)
        .containsExactly("HTTP status 429", "HTTP status 503", "HTTP status 500");
    assertThat(retries().get(0).pause()).hasSeconds(1);
  }

  @Test
  void givesUpInTheEnd() {
    for (int i = 0; i < 10; i++) {
      hub.next("/config.json", FakeHub.status(502));
    }

    assertThatThrownBy(() -> models().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("/config.json: HTTP status 502, tried 4 times");
    assertThat(hub.contentRequests()).hasSize(4);
  }

  @Test
  void aTransferThatGetsOnIsNotGivenUp() {
    for (int i = 0; i < 12; i++) {
      hub.next(
          hub.cdnPath(WEIGHTS),
          exchange -> {
            byte[] content = hub.content(WEIGHTS);
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            exchange
                .getResponseHeaders()
                .set("Content-Range", "bytes " + from + "-2999999/3000000");
            exchange.sendResponseHeaders(range == null ? 200 : 206, 0);
            int count = Math.min(content.length - from, 1_100_000);
            exchange.getResponseBody().write(content, from, count);
          });
    }
    new HubModels(impatient(2, Duration.ofSeconds(30)), events::add, locks).fetch(TINY);

    assertWhole();
    assertThat(cdnRequests()).hasSize(3);
  }

  @Test
  void aServerThatFallsSilentIsAskedAgain() {
    hub.next(
        hub.cdnPath(WEIGHTS),
        exchange -> {
          exchange.sendResponseHeaders(200, 3_000_000);
          exchange.getResponseBody().write(hub.content(WEIGHTS), 0, 500_000);
          exchange.getResponseBody().flush();
          try {
            Thread.sleep(12_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    new HubModels(impatient(4, Duration.ofSeconds(2)), events::add, locks).fetch(TINY);

    assertWhole();
    assertThat(retries()).anyMatch(retry -> retry.reason().endsWith("no byte came for 2 s"));
  }

  @Test
  void aRepositoryThatDoesNotFitOnTheDiskIsNotBegun() {
    hub.listing(
        """
        {"sha": "%s", "siblings": [
          {"rfilename": "config.json", "size": 2, "blobId": "%s"},
          {"rfilename": "model.safetensors", "size": 1000000000000000, "blobId": "%s"}]}
        """
            .formatted(FakeHub.COMMIT, "a".repeat(40), "b".repeat(40)));

    assertThatThrownBy(() -> models().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("to download 1,000,000,000,000,002 bytes, found ")
        .hasMessageContaining("HF_HUB_CACHE");
    assertThat(hub.contentRequests()).isEmpty();
  }

  @Test
  void twoAtOnceDownloadOnce() {
    List<CompletableFuture<HubSnapshot>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      HubModels models = new HubModels(hub.settings(cache), event -> {}, locks);
      both.add(CompletableFuture.supplyAsync(() -> models.fetch(TINY)));
    }
    both.forEach(CompletableFuture::join);

    assertWhole();
    assertThat(cdnRequests()).hasSize(1);
  }
}
