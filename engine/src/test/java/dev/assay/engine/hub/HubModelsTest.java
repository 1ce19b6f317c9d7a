package dev.assay.engine.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache and what is asked of the hub for it. */
class HubModelsTest {
  private static final HubReference TINY = HubReference.parse("hub:owner/tiny");
  private static final HubReference PINNED = HubReference.parse("hub:owner/tiny@" + FakeHub.COMMIT);
  private static final int WEIGHTS = 100_000;

  @TempDir private Path cache;
  private final List<HubEvent> events = new ArrayList<>();
  private final BlobLocks locks = new ProcessLocks();
  private FakeHub hub;

  @BeforeEach
  void start() throws IOException {
    hub = FakeHub.tiny(WEIGHTS);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private HubModels models() {
    return new HubModels(hub.settings(cache), events::add, locks);
  }

  private HubModels offline() {
    return new HubModels(hub.settings(cache, true, null), events::add, locks);
  }

  private Path repository() {
    return cache.resolve("models--owner--tiny");
  }

  private Path snapshot() {
    return repository().resolve("snapshots").resolve(FakeHub.COMMIT);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void laysTheCacheOutAsTheHubsClientDoes() throws IOException {
    HubSnapshot found = models().fetch(TINY);

    assertThat(found).isEqualTo(new HubSnapshot(TINY, FakeHub.COMMIT, snapshot()));
    assertThat(names(cache)).containsExactly(".locks", "models--owner--tiny");
    assertThat(names(repository())).containsExactly("blobs", "refs", "snapshots");
    assertThat(repository().resolve("refs/main")).hasContent(FakeHub.COMMIT);
    assertThat(names(snapshot()))
        .containsExactly("config.json", "model.safetensors", "tokenizer.json");
    for (String name : names(snapshot())) {
      byte[] content = hub.content(name);
      String etag = FakeHub.hash(content, name.endsWith(".safetensors") ? 64 : 40);
      assertThat(Files.readSymbolicLink(snapshot().resolve(name)))
          .isEqualTo(Path.of("../../blobs/" + etag));
      assertThat(snapshot().resolve(name)).hasBinaryContent(content);
    }
    assertThat(names(repository().resolve("blobs"))).hasSize(3);
  }

  @Test
  void saysHowFarItIs() {
    models().fetch(TINY);

    long total =
        0L + WEIGHTS + hub.content("config.json").length + hub.content("tokenizer.json").length;
    assertThat(events.get(0)).isEqualTo(new HubEvent.DownloadBegan(TINY, FakeHub.COMMIT, 3, total));
    assertThat(events.get(events.size() - 2))
        .isEqualTo(new HubEvent.DownloadProgressed("model.safetensors", total, total));
    assertThat(events.get(events.size() - 1))
        .isEqualTo(new HubEvent.DownloadEnded(TINY, snapshot()));
    events.clear();

    models().fetch(TINY);

    assertThat(events).isEmpty();
  }

  @Test
  void asksForNoContentThatIsThere() {
    models().fetch(TINY);
    hub.forget();

    models().fetch(TINY);
    assertThat(hub.seen()).extracting(FakeHub.Seen::path).hasSize(1);
    assertThat(hub.contentRequests()).isEmpty();
    hub.forget();

    assertThat(models().fetch(PINNED).path()).isEqualTo(snapshot());
    assertThat(hub.seen()).isEmpty();
  }

  /** A snapshot as the hub's own client leaves it, under a branch that has moved since. */
  @Test
  void takesWhatOtherClientsLeft() throws IOException {
    Path blobs = Files.createDirectories(repository().resolve("blobs"));
    String etag = FakeHub.hash(hub.content("model.safetensors"), 64);
    Files.write(blobs.resolve(etag), hub.content("model.safetensors"));
    Path older = Files.createDirectories(repository().resolve("snapshots/" + "a".repeat(40)));
    Files.createSymbolicLink(older.resolve("model.safetensors"), Path.of("../../blobs/" + etag));

    models().fetch(TINY);

    assertThat(hub.contentRequests()).noneMatch(path -> path.endsWith(".safetensors")).hasSize(2);
    assertThat(snapshot().resolve("model.safetensors"))
        .hasBinaryContent(hub.content("model.safetensors"));
  }

  @Test
  void replacesWhatIsTruncated() throws IOException {
    models().fetch(TINY);
    String etag = FakeHub.hash(hub.content("model.safetensors"), 64);
    Files.write(repository().resolve("blobs").resolve(etag), new byte[7]);

    models().fetch(TINY);

    assertThat(snapshot().resolve("model.safetensors"))
        .hasBinaryContent(hub.content("model.safetensors"));
  }

  @Test
  void asksForTagsWhereTheListingHasNone() throws IOException {
    hub.withoutBlobs();

    assertThat(models().state(TINY))
        .isEqualTo(
            new HubState.ToDownload(
                FakeHub.COMMIT,
                WEIGHTS
                    + hub.content("config.json").length
                    + hub.content("tokenizer.json").length));
    models().fetch(TINY);

    assertThat(hub.seen()).anyMatch(each -> each.method().equals("HEAD"));
    // The servers that large files lie on may not even know HEAD.
    assertThat(hub.seen())
        .noneMatch(each -> each.method().equals("HEAD") && each.server().equals("cdn"));
    assertThat(Files.readSymbolicLink(snapshot().resolve("model.safetensors")).toString())
        .endsWith(FakeHub.hash(hub.content("model.safetensors"), 64));
  }

  @Test
  void revisionsWithSlashesAreEncoded() {
    HubReference pullRequest = HubReference.parse("hub:owner/tiny@refs/pr/1");

    models().fetch(pullRequest);

    assertThat(hub.seen().get(0).path()).isEqualTo("/api/models/owner/tiny/revision/refs%2Fpr%2F1");
    assertThat(repository().resolve("refs/refs/pr/1")).hasContent(FakeHub.COMMIT);
  }

  @Test
  void slashesAtTheEndOfTheEndpointDoNotMatter() {
    HubSettings settings =
        HubSettings.fromEnvironment(
            Map.of("HF_ENDPOINT", hub.address() + "/", "HF_HUB_CACHE", cache.toString()), cache);

    new HubModels(settings, events::add, locks).fetch(TINY);

    assertThat(hub.seen()).noneMatch(each -> each.path().contains("//"));
  }

  @Test
  void shardsAreThoseOfTheIndex() throws IOException {
    hub.without("model.safetensors")
        .large("model-00001-of-00002.safetensors", FakeHub.bytes(10))
        .large("part-b.safetensors", FakeHub.bytes(20))
        .large("consolidated.safetensors", FakeHub.bytes(30))
        .small(
            "model.safetensors.index.json",
            "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\","
                + " \"b\": \"part-b.safetensors\"}}");

    models().fetch(TINY);

    assertThat(names(snapshot()))
        .containsExactly(
            "config.json",
            "model-00001-of-00002.safetensors",
            "model.safetensors.index.json",
            "part-b.safetensors",
            "tokenizer.json");
    assertThat(models().state(TINY)).isInstanceOf(HubState.Cached.class);
    Files.delete(snapshot().resolve("part-b.safetensors"));
    assertThat(offline().state(TINY)).isInstanceOf(HubState.Unknown.class);
  }

  @Test
  void binFilesAreTheSecondChoice() throws IOException {
    hub.without("model.safetensors");

    models().fetch(TINY);

    assertThat(names(snapshot())).contains("pytorch_model.bin");
  }

  @Test
  void ggufFilesAreNamed() throws IOException {
    hub.large("q/tiny-q4.gguf", FakeHub.bytes(50)).large("q/tiny-q8.gguf", FakeHub.bytes(60));

    HubSnapshot found = models().fetch(HubReference.parse("hub:owner/tiny#q/tiny-q4.gguf"));

    assertThat(found.path()).isEqualTo(snapshot().resolve("q/tiny-q4.gguf"));
    assertThat(Files.readSymbolicLink(found.path()).toString()).startsWith("../../../blobs/");
    assertThat(names(snapshot())).containsExactly("q");
    assertThatThrownBy(() -> models().fetch(HubReference.parse("hub:owner/tiny#q/tiny-q5.gguf")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("file 'q/tiny-q5.gguf' is not in the repository")
        .hasMessageContaining("did you mean 'q/tiny-q");
  }

  @Test
  void aRepositoryOfGgufFilesSaysHowToNameOne() {
    hub.without("config.json")
        .without("model.safetensors")
        .without("pytorch_model.bin")
        .large("m.gguf", FakeHub.bytes(5));

    assertThatThrownBy(() -> models().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found no config.json")
        .hasMessageContaining("hub:owner/tiny@main#m.gguf");
  }

  @Test
  void tellsTheStateWithoutDownloading() throws IOException {
    assertThat(models().state(TINY)).isInstanceOf(HubState.ToDownload.class);
    assertThat(models().state(TINY).describe()).startsWith("to download, 100,0");
    assertThat(hub.contentRequests()).isEmpty();
    assertThat(Files.exists(repository(), LinkOption.NOFOLLOW_LINKS)).isFalse();

    models().fetch(TINY);

    assertThat(models().state(TINY).describe()).isEqualTo("in the cache, commit " + FakeHub.COMMIT);
  }

  @Test
  void offlineTheCopyWillDo() {
    models().fetch(TINY);
    hub.forget();

    assertThat(offline().fetch(TINY).path()).isEqualTo(snapshot());
    assertThat(offline().state(TINY)).isInstanceOf(HubState.Cached.class);
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void offlineWithoutACopyIsOneErrorThatSaysWhatToDo() throws IOException {
    assertThatThrownBy(() -> offline().fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("hub:owner/tiny@main: found no copy in the cache")
        .hasMessageContaining("HF_HUB_OFFLINE forbids")
        .hasMessageContaining("assay fetch hub:owner/tiny@main")
        .hasMessageContaining("put models--owner--tiny into " + cache);
    assertThat(offline().state(TINY).describe())
        .isEqualTo("not in the cache; HF_HUB_OFFLINE is set");
    assertThat(hub.seen()).isEmpty();

    models().fetch(TINY);
    Files.delete(snapshot().resolve("model.safetensors"));
    assertThatThrownBy(() -> offline().fetch(TINY))
        .hasMessageContaining("snapshots/" + FakeHub.COMMIT + " lacks the weights");
  }

  @Test
  void aHubOutOfReachIsLikeOffline() {
    HubModels models = models();
    models.fetch(TINY);
    HubModels elsewhere =
        new HubModels(hub.settings(cache.resolve("other"), false, null), events::add, locks);
    hub.close();

    assertThat(models.fetch(TINY).path()).isEqualTo(snapshot());
    assertThat(elsewhere.state(TINY).describe())
        .startsWith("not in the cache; ")
        .contains("no connection to the hub");
    assertThatThrownBy(() -> elsewhere.fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no connection to the hub (ConnectException")
        .hasMessageContaining("found no copy in the cache");
  }

  @Test
  void aHostThatIsNotThereIsNoConnection() {
    HubSettings nowhere =
        HubSettings.fromEnvironment(Map.of("HF_ENDPOINT", "http://hub.invalid"), cache);

    assertThatThrownBy(() -> new HubModels(nowhere, events::add, locks).fetch(TINY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("http://hub.invalid/api/models/owner/tiny/revision/main")
        .hasMessageContaining("no connection to the hub");
  }
}
