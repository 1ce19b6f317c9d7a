package dev.assay.harness.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.PublishedFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every split has the text that was agreed on, byte for byte. */
class DatasetHashTest {
  private static final DatasetLocations LOCATIONS =
      DatasetLocations.fromEnvironment(System.getenv(), Path.of(System.getProperty("user.home")));
  private static final DatasetRegistry REGISTRY = new DatasetRegistry(LOCATIONS);

  @ParameterizedTest
  @CsvSource({
    "europarl-en, test, 259202, f5ed0881c373a475233fce5eb43b7bda75930bc89c40c982d9c65f0c1f70d242",
    "europarl-en, validation, 149630,"
        + " f5d6ddd0c3d3e653e8722a0c9c456ed07f8952fcd3b0ad4b46e49b7309a85ee5",
    "europarl-en, train, 952203, 6f3d77af6f106bb994095a2dfe047d2ab8b1fdab1028848516a2432bb85c6f55",
    "wordnet-glosses, test, 252574,"
        + " 4cc59d5689dbfe506f401b29554beb391744787c292995266eacd883eaa3bceb",
    "wordnet-glosses, train, 11835041,"
        + " 1529f4b5d9979a3d5583c5ec157d11b9d2919e4651bca524d84dcba85659ca0f",
    // Stated nowhere else: computed once by an independent program of the same rule.
    "wordnet-glosses, validation, 241240,"
        + " e2e69704ac43fbb68e49de9bb6802464e9f9fc60a672e7236ce51e78b50b5960"
  })
  void hasThePinnedText(String name, String split, long bytes, String sha256) {
    assertText(name, split, bytes, sha256);
  }

  /** From a directory of {@code ASSAY_DATASETS}, the cache, or the hub. */
  @Test
  void wikitextIsThePublishedFile() {
    if (Stream.concat(LOCATIONS.directories().stream(), Stream.of(LOCATIONS.cache()))
        .noneMatch(each -> Files.exists(each.resolve("wikitext-2-raw/wiki.test.raw")))) {
      PublishedFiles.assumeHub("wikitext-2-raw");
    }

    assertText(
        "wikitext-2-raw",
        "test",
        1_290_590,
        "173c87a53759e0201f33e0ccf978e510c2042d7f2cb78229d9a50d79b9e7dd08");
  }

  @Test
  void everyListedSplitSaysItsHashAndLength() {
    assertThat(REGISTRY.list())
        .extracting(DatasetInfo::name)
        .containsExactly("europarl-en", "wordnet-glosses", "wikitext-2-raw");
    assertThat(REGISTRY.list())
        .flatExtracting(DatasetInfo::splits)
        .allSatisfy(
            split -> {
              assertThat(split.sha256()).matches("[0-9a-f]{64}");
              assertThat(split.bytes()).isPositive();
            });
  }

  private static void assertText(String name, String split, long bytes, String sha256) {
    DatasetSplit loaded = REGISTRY.load(name, split);

    assertThat(DigestUtils.sha256Hex(loaded.text().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(sha256);
    assertThat(loaded.sha256()).isEqualTo(sha256);
    assertThat(loaded.bytes()).isEqualTo(bytes);
    assertThat(REGISTRY.find(name).info().split(split))
        .isEqualTo(new DatasetInfo.Split(split, sha256, bytes));
  }
}
