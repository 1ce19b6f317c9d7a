package dev.assay.harness.teach;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.chat.ApiKey;
import dev.assay.engine.teacher.chat.ChatServer;
import dev.assay.engine.teacher.chat.Price;
import dev.assay.engine.teacher.chat.RateLimit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks chat completions.
 *
 * @param baseUrl its address, up to and including the version
 * @param model name of the model, as the server calls it
 * @param apiKeyVariable environment variable that has the key; {@code none} where none is asked for
 * @param stream whether answers are asked for piece by piece
 * @param parallel requests at a time
 * @param limits how much it takes in any minute; null for any number
 * @param price what tokens cost; null if nobody said
 * @param tokenizer directory of a checkpoint with the model's tokenizer, for estimates; null if it
 *     is not known
 */
public record ServerChoice(
    @Default(ChatServer.OPENAI) @Describe("address of the server, up to and including the version")
        String baseUrl,
    @Describe("name of the model, as the server calls it") String model,
    @Default(ApiKey.DEFAULT_VARIABLE)
        @Describe("environment variable that has the key; none where the server asks for none")
        String apiKeyVariable,
    @Default("false") @Describe("ask for answers piece by piece") boolean stream,
    @Default("4") @Describe("requests at a time") int parallel,
    @Describe("how much the server takes in any minute; any number if left out")
        @Nullable RateLimit limits,
    @Describe("what tokens cost; without it no cost is told") @Nullable Price price,
    @Describe("directory of a checkpoint with the model's tokenizer, for estimates")
        @Nullable String tokenizer) {
  private static final String NO_KEY = "none";
  private static final int MOST = 256;

  public ServerChoice {
    ChatServer.at(baseUrl, ApiKey.none());
    Require.that(!model.isBlank(), "model", "'" + model + "'", "the name of a model");
    Require.between("parallel", parallel, 1, MOST);
  }

  /**
   * The server with its key.
   *
   * @throws dev.assay.engine.config.BadInputException if the key is not there
   */
  ChatServer open(Map<String, String> environment) {
    ApiKey key =
        apiKeyVariable.equals(NO_KEY)
            ? ApiKey.none()
            : ApiKey.fromEnvironment(environment, apiKeyVariable);
    ChatServer server = ChatServer.at(baseUrl, key);
    return stream ? server.streaming() : server;
  }
}
