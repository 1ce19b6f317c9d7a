package dev.assay.engine.teacher.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.fixture.FakeTeacher;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.teacher.chat.CachedTeacher;
import dev.assay.engine.teacher.chat.ChatBatch;
import dev.assay.engine.teacher.chat.ChatClient;
import dev.assay.engine.teacher.chat.ChatRefusedException;
import dev.assay.engine.teacher.chat.ChatRequest;
import dev.assay.engine.teacher.chat.ChatServer;
import dev.assay.engine.teacher.chat.Completion;
import dev.assay.engine.teacher.chat.CompletionCache;
import dev.assay.engine.teacher.chat.Estimate;
import dev.assay.engine.teacher.chat.Ledger;
import dev.assay.engine.teacher.chat.Price;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.prompt.Prompt;
import dev.assay.engine.teacher.prompt.PromptFile;
import dev.assay.engine.teacher.prompt.TrainingSet;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file of prompts to what a student is trained on. */
class WrittenTeacherTest {
  private static final Price PRICE = new Price(1, 4);
  private static final Sampling NINE = Sampling.OF_THE_SERVER.withMaxTokens(9);

  @TempDir Path directory;

  @Test
  void answersBecomeBatches() throws IOException {
    Path file = directory.resolve("prompts.jsonl");
    Files.writeString(
        file, "{\"prompt\": \"Sky?\"}\n{\"prompt\": \"Grass?\"}\n{\"prompt\": \"Snow?\"}\n");
    List<Prompt> prompts = PromptFile.read(file);
    List<ChatRequest> requests =
        prompts.stream().map(each -> new ChatRequest("tiny", each.messages(), NINE)).toList();
    CompletionCache cache = new CompletionCache(directory.resolve("cache"));
    Ledger ledger = new Ledger(PRICE);
    try (FakeTeacher server = new FakeTeacher();
        Tokenizer tokenizer =
            Tokenizer.fromDirectory(Goldens.room("tokenizers").resolve("bytelevel_bpe"))) {
      ChatServer known = server.chatServer();
      ChatEncoder encoder = new ChatEncoder(ChatTemplate.plain(tokenizer), tokenizer);
      ChatBatch batch =
          new ChatBatch(new CachedTeacher(known.base(), new ChatClient(known), cache, ledger), 1);

      Estimate before = Estimate.of(known.base(), requests, cache, encoder, PRICE);
      assertThat(before.requests()).isEqualTo(3);
      assertThat(before.mostCompletionTokens()).hasValue(27);
      assertThat(server.requests()).isZero();

      // The first run ends in its midst, the second one goes on.
      server.then(FakeTeacher.answer("Blue."), FakeTeacher.status(403, ""));
      assertThatThrownBy(() -> batch.complete(requests)).isInstanceOf(ChatRefusedException.class);
      assertThat(Estimate.of(known.base(), requests, cache, encoder, PRICE).cached()).isEqualTo(1);
      server.then(FakeTeacher.answer("Green."), FakeTeacher.answer("Whi", "length"));
      List<Completion> answers = batch.complete(requests);
      assertThat(server.requests()).isEqualTo(4);
      assertThat(ledger.spending().cost()).hasValue((3 * 7 + 3 * 2 * 4) / 1e6);

      TrainingSet set = TrainingSet.of(prompts, answers, false);
      assertThat(set.dropped()).hasToString("1 (truncated 1)");
      TokenizedSet tokens = TokenizedSet.of(set.examples(), encoder, 100);
      List<ChatTokens> made = tokens.examples();
      assertThat(tokenizer.decode(made.get(0).ids())).startsWith("User: Sky?\n\nAssistant: Blue.");
      assertThat(tokenizer.decode(made.get(1).ids()))
          .startsWith("User: Grass?\n\nAssistant: Green.");
      assertThat(made).allMatch(each -> each.promptLength() > 2);
    }
  }
}
