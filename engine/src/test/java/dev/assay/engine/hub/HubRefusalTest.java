package dev.assay.engine.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may not be had, and hubs that mean harm. */
class HubRefusalTest {
  private static final HubReference TINY = HubReference.parse("hub:owner/tiny");
  private static final String TOKEN = "hf_secret";

  @TempDir private Path directory;
  private final BlobLocks locks = new ProcessLocks();
  private FakeHub hub;

  @BeforeEach
  void start() throws IOException {
    hub = FakeHub.tiny(1000);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Path cache() {
    return directory.resolve("cache");
  }

  private HubModels models(boolean withToken) {
    return new HubModels(
        hub.settings(cache(), false, withToken ? TOKEN : null), event -> {}, locks);
  }

  private AbstractThrowableAssert<?, ?> refused(boolean withToken, HubReference reference) {
    return assertThatThrownBy(() -> models(withToken).fetch(reference))
        .isExactlyInstanceOf(BadInputException.class)
        .hasMessageNotContaining(TOKEN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 |              | false | no such public repository; check the name, or if it is private or gated",
        "401 | GatedRepo    | false | is gated: accept its terms at http://localhost:",
        "403 | GatedRepo    | true  | is gated, and the token in HF_TOKEN has no access",
        "403 |              | true  | the token in HF_TOKEN gives no access",
        "404 | RepoNotFound | true  | there is no such repository",
        "404 |              | false | no such repository, or it has no revision 'main'",
        "418 |              | false | HTTP status 418",
      })
  void saysWhatIsInTheWay(int status, String code, boolean withToken, String expected) {
    hub.next("/main", FakeHub.status(status, "X-Error-Code", code == null ? "" : code));

    refused(withToken, TINY)
        .hasMessageStartingWith("hub:owner/tiny@main: ")
        .hasMessageContaining(expected)
        .hasMessageContaining("HTTP status " + status);
    assertThat(hub.seen()).hasSize(1);
  }

  @Test
  void unlockedByAToken() {
    hub.next("/main", FakeHub.status(401));

    refused(false, TINY).hasMessageContaining("set HF_TOKEN").hasMessageContaining("/owner/tiny");
  }

  @Test
  void weightsCanBeLockedWhileTheListIsNot() {
    hub.next("/model.safetensors", FakeHub.status(403, "X-Error-Code", "GatedRepo"));

    refused(true, TINY).hasMessageContaining("accept its terms");
  }

  @Test
  void unknownNames() {
    refused(false, HubReference.parse("hub:owner/tyni"))
        .hasMessageContaining("there is no such repository at http://localhost");
    refused(false, HubReference.parse("hub:owner/tiny@v2"))
        .hasMessageContaining("the repository has no revision 'v2'");
    hub.next("/config.json", FakeHub.status(404, "X-Error-Code", "EntryNotFound"));
    refused(false, TINY).hasMessageContaining("file 'config.json' is not in the repository");
  }

  @Test
  void theTokenStaysWithTheHub() {
    models(true).fetch(TINY);

    assertThat(hub.seen())
        .filteredOn(each -> each.server().equals("hub"))
        .isNotEmpty()
        .allMatch(each -> each.header("Authorization").equals("Bearer " + TOKEN));
    assertThat(hub.seen())
        .filteredOn(each -> each.server().equals("cdn"))
        .isNotEmpty()
        .allMatch(each -> each.header("Authorization").isEmpty());
  }

  @Test
  void renamedRepositoriesAreFollowedWithTheToken() {
    HubReference old = HubReference.parse("hub:old/name");
    hub.next(
        "/api/models/old/name/revision/main",
        FakeHub.status(307, "Location", "/api/models/owner/tiny/revision/main"));
    for (String file : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
      String end = "/resolve/" + FakeHub.COMMIT + "/" + file;
      hub.next("/old/name" + end, FakeHub.status(307, "Location", "/owner/tiny" + end));
    }

    assertThat(models(true).fetch(old).path().toString()).contains("models--old--name");
    assertThat(hub.seen())
        .filteredOn(each -> each.server().equals("hub"))
        .allMatch(each -> each.header("Authorization").equals("Bearer " + TOKEN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file:///etc/passwd", "ftp://localhost/x", "http://[", "http:x"})
  void redirectsToOddPlacesAreNotFollowed(String location) {
    hub.next("/main", FakeHub.status(302, "Location", location));

    refused(true, TINY).hasMessageContaining("redirect");
  }

  @Test
  void redirectsInACircleEnd() {
    for (int i = 0; i < 20; i++) {
      hub.next("/main", FakeHub.status(302, "Location", "/api/models/owner/tiny/revision/main"));
    }

    refused(true, TINY).hasMessageContaining("found more than 10 redirects");
  }

  @ParameterizedTest
  @MethodSource("dev.assay.engine.hub.FileNameTest#hostile")
  void hostileFileNamesAreRefused(String name) throws IOException {
    ObjectMapper json = new ObjectMapper();
    String quoted = name.equals("\ud800") ? "\"\\ud800\"" : json.writeValueAsString(name);
    hub.listing(
        "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"config.json\"}, {\"rfilename\": %s}]}"
            .formatted(FakeHub.COMMIT, quoted));

    refused(false, TINY)
        .hasMessageContaining("/api/models/owner/tiny/revision/main?blobs=true: found ")
        .message()
        .matches("[^\\p{Cntrl}]*");
    assertThat(hub.contentRequests()).isEmpty();
    assertThat(filesUnder(directory)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "{\"sha\": \"../../../x\", \"siblings\": []}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\"}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [7]}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\":"
            + " [{\"rfilename\": \"config.json\", \"size\": 9000000000000000000}]}",
      })
  void malformedAnswersAreRefused(String answer) throws IOException {
    hub.listing(answer);

    refused(false, TINY).hasMessageContaining("?blobs=true: ");
    assertThat(filesUnder(directory)).isEmpty();
  }

  /** The listing's hash becomes a file name, so that only hashes are taken. */
  @Test
  void tagsCannotLeadOutOfTheCache() throws IOException {
    hub.withoutBlobs();
    hub.next(
        "/config.json",
        FakeHub.status(200, "X-Linked-Etag", "\"../../../../evil\"", "X-Linked-Size", "2"));

    refused(false, TINY).hasMessageContaining("found ETag '../../../../evil'");
    assertThat(filesUnder(directory)).isEmpty();
  }

  @Test
  void shardsCannotLeadOutOfTheCheckpoint() throws IOException {
    hub.without("model.safetensors")
        .small(
            "model.safetensors.index.json",
            "{\"weight_map\": {\"a\": \"../../../evil.safetensors\"}}");

    refused(false, TINY).hasMessageContaining("key weight_map: found '../../../evil.safetensors'");
  }

  @Test
  void linksInTheCacheAreNotFollowedOutOfIt() throws IOException {
    hub.large("q/m.gguf", FakeHub.bytes(10));
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Path snapshot =
        Files.createDirectories(cache().resolve("models--owner--tiny/snapshots/" + FakeHub.COMMIT));
    Files.createSymbolicLink(snapshot.resolve("q"), outside);

    refused(false, HubReference.parse("hub:owner/tiny#q/m.gguf"))
        .hasMessageContaining("found a link or a file, expected a directory");
    assertThat(filesUnder(outside)).isEmpty();
  }

  @Test
  void anotherCommitThanAskedForIsRefused() {
    hub.withoutBlobs();
    hub.next("/config.json", FakeHub.status(200, "X-Repo-Commit", "f".repeat(40)));

    refused(false, TINY).hasMessageContaining("found commit '" + "f".repeat(40) + "', expected");
  }

  private static List<Path> filesUnder(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
