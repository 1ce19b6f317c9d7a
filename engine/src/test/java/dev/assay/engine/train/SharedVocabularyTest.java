package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two models have in common whose rows, or files, are not the same. */
class SharedVocabularyTest {
  @TempDir private Path directory;

  private static Path tokenizer() {
    return ModelFixture.model("ref-7m");
  }

  @Test
  void whicheverIsPaddedTheyShareTheTokensThatThereAre() {
    try (Tokenizer own = Tokenizer.fromDirectory(tokenizer());
        Tokenizer other = Tokenizer.fromDirectory(tokenizer())) {
      long tokens = own.largestId() + 1;
      assertThat(SharedVocabulary.of(own, tokens, other, tokens + 8))
          .isEqualTo(new SharedVocabulary(true, tokens, true));
      assertThat(SharedVocabulary.of(own, tokens + 64, other, tokens + 8))
          .isEqualTo(new SharedVocabulary(true, tokens, true));
      // A student that was trimmed has fewer; a teacher that has fewer cannot read the student's.
      assertThat(SharedVocabulary.of(own, tokens - 5, other, tokens))
          .isEqualTo(new SharedVocabulary(true, tokens - 5, true));
      assertThat(SharedVocabulary.of(own, tokens, other, tokens - 5))
          .isEqualTo(new SharedVocabulary(true, tokens - 5, false));
    }
  }

  /** Published copies of one tokenizer differ in what does not matter. */
  @Test
  void filesOfTheSameTokensAreTheSame() throws IOException {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    String json = Files.readString(tokenizer().resolve("tokenizer.json"));
    Files.writeString(copy.resolve("tokenizer.json"), json + "\n");
    try (Tokenizer own = Tokenizer.fromDirectory(tokenizer());
        Tokenizer other = Tokenizer.fromDirectory(copy)) {
      long tokens = own.largestId() + 1;
      assertThat(own.sha256()).isNotEqualTo(other.sha256());
      assertThat(SharedVocabulary.of(own, tokens, other, tokens + 8))
          .isEqualTo(new SharedVocabulary(true, tokens, true));
    }
  }

  @Test
  void othersAreNot() throws IOException {
    Path other = Goldens.room("tokenizers").resolve("bytelevel_bpe");
    try (Tokenizer own = Tokenizer.fromDirectory(tokenizer());
        Tokenizer its = Tokenizer.fromDirectory(other)) {
      long rows = Math.min(own.largestId(), its.largestId()) + 1;
      assertThat(SharedVocabulary.of(own, rows, its, rows).same()).isFalse();
    }
  }
}
