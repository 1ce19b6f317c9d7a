package dev.assay.harness.teach;

import dev.assay.engine.teacher.chat.ApiKey;
import dev.assay.engine.teacher.chat.ChatClient;
import dev.assay.engine.teacher.chat.ChatServer;
import dev.assay.engine.teacher.chat.Ledger;
import dev.assay.engine.teacher.chat.Price;
import dev.assay.engine.teacher.chat.PromptCounter;
import dev.assay.engine.teacher.chat.RateLimit;
import dev.assay.engine.teacher.chat.TextTeacher;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.tokenizer.Tokenizer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server as a teacher. */
final class ServerSource implements TeacherSource {
  private final ServerChoice choice;
  private final Map<String, String> environment;
  private final @Nullable Tokenizer tokenizer;
  private final @Nullable ChatEncoder encoder;

  ServerSource(ServerChoice choice, Map<String, String> environment) {
    this.choice = choice;
    this.environment = environment;
    if (choice.tokenizer() == null) {
      tokenizer = null;
      encoder = null;
    } else {
      Path directory = Path.of(choice.tokenizer());
      tokenizer = Tokenizer.fromDirectory(directory);
      encoder = ChatEncoder.of(directory, tokenizer);
    }
  }

  @Override
  public URI base() {
    return ChatServer.at(choice.baseUrl(), ApiKey.none()).base();
  }

  @Override
  public String model() {
    return choice.model();
  }

  @Override
  public @Nullable PromptCounter counter() {
    return encoder;
  }

  @Override
  public @Nullable Price price() {
    return choice.price();
  }

  @Override
  public int parallel() {
    return choice.parallel();
  }

  @Override
  public TextTeacher open(Ledger ledger) {
    RateLimit limits = choice.limits() == null ? RateLimit.NONE : choice.limits();
    return new ChatClient(choice.open(environment), limits, ledger);
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
