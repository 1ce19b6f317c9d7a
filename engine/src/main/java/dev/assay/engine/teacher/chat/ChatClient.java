package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that speaks OpenAI's chat completions. What may pass is tried again after a pause: a
 * busy or failing server, a connection or stream that breaks off, an answer that is no JSON. What
 * will not pass is an error at once: a wrong key, model or request, a used-up quota.
 */
public final class ChatClient implements TextTeacher {
  private static final Logger LOG = LoggerFactory.getLogger(ChatClient.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int OK = 200;
  private static final Set<Integer> UNKNOWN_KEY = Set.of(401, 403);

  private final ChatServer server;
  private final ChatConnection connection;
  private final Pauses pauses;
  private final RateLimiter limiter;
  private final Ledger ledger;

  /** A client of a server that takes any number of requests; nothing is sent yet. */
  public ChatClient(ChatServer server) {
    this(server, RateLimit.NONE);
  }

  /** A client that keeps to a limit of rate, over all threads that use it. */
  public ChatClient(ChatServer server, RateLimit limit) {
    this(server, limit, Pauses.REAL);
  }

  /**
   * A client that says what came of its attempts.
   *
   * @param ledger hears of attempts that broke off
   */
  public ChatClient(ChatServer server, RateLimit limit, Ledger ledger) {
    this(server, limit, ledger, Pauses.REAL);
  }

  ChatClient(ChatServer server, RateLimit limit, Pauses pauses) {
    this(server, limit, new Ledger(null), pauses);
  }

  private ChatClient(ChatServer server, RateLimit limit, Ledger ledger, Pauses pauses) {
    this.server = server;
    this.ledger = ledger;
    this.connection = new ChatConnection(server);
    this.pauses = pauses;
    this.limiter = new RateLimiter(limit, pauses);
  }

  /** The server that is asked. */
  public ChatServer server() {
    return server;
  }

  /**
   * @throws ChatRefusedException if the server will not answer
   * @throws ChatUnreachableException if it cannot, in all attempts
   */
  @Override
  public Completion complete(ChatRequest request) {
    return complete(request, () -> false);
  }

  @Override
  public Completion complete(ChatRequest request, BooleanSupplier unwanted) {
    String body = request.body(server.stream()).toString();
    for (int failures = 1; ; failures++) {
      RateLimiter.Settling settling = limiter.enter(expected(request), unwanted);
      Outcome outcome = attempt(request, body);
      if (outcome.completion() != null) {
        Usage usage = outcome.completion().usage();
        if (usage != null) {
          settling.settle(usage.totalTokens());
        }
        return outcome.completion().map(server.key()::redactAnswer);
      }
      Duration pause = pause(outcome, failures, body);
      if (failures >= server.patience().attempts()) {
        String tried = failures == 1 ? "once" : failures + " times";
        throw new ChatUnreachableException(said(outcome.reason() + ", tried " + tried));
      }
      LOG.warn("{}; trying again in {} s", said(outcome.reason()), seconds(pause));
      pauses.pause(pause);
    }
  }

  /** Tokens that a request is thought to take. */
  private static long expected(ChatRequest request) {
    Integer most = request.sampling().maxTokens();
    long answers = most == null ? 0 : (long) most * request.sampling().answers();
    return PromptCounter.ROUGH.count(request.messages()) + answers;
  }

  /**
   * What an attempt came to.
   *
   * @param completion null if it failed
   * @param reason why
   * @param asked how long the server asks to wait
   */
  private record Outcome(@Nullable Completion completion, String reason, Optional<Duration> asked) {
    static Outcome failed(String reason) {
      return new Outcome(null, reason, Optional.empty());
    }
  }

  private Outcome attempt(ChatRequest request, String body) {
    ServerReply reply;
    try {
      reply = connection.post(body);
    } catch (InterruptedIOException e) {
      throw new IllegalStateException("interrupted while waiting for the teacher", e);
    } catch (IOException e) {
      if (!(e instanceof ConnectException)) {
        ledger.brokeOff();
      }
      return Outcome.failed(reason(e));
    }
    if (reply.status() != OK) {
      return refused(request, reply);
    }
    try {
      return new Outcome(server.stream() ? streamed(reply) : whole(reply), "", Optional.empty());
    } catch (MalformedReplyException e) {
      ledger.brokeOff();
      return Outcome.failed(String.valueOf(e.getMessage()));
    }
  }

  private static String reason(IOException e) {
    String words = e.getMessage() == null ? "" : ": " + e.getMessage();
    boolean connecting = e instanceof ConnectException;
    return (connecting ? "no connection" : "the connection broke off") + words;
  }

  private Completion whole(ServerReply reply) {
    try {
      JsonNode root = MAPPER.readTree(reply.body());
      if (root.hasNonNull("error")) {
        throw new MalformedReplyException("found an error: " + shown(ServerError.of(root)));
      }
      return CompletionJson.read(root);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("found an answer that is not valid JSON");
    }
  }

  private Completion streamed(ServerReply reply) {
    StreamedAnswer answer = StreamedAnswer.read(reply.body());
    if (answer.error() != null) {
      throw new MalformedReplyException("found an error: " + shown(answer.error()));
    }
    if (answer.fault() != null) {
      throw new MalformedReplyException("the stream of the answer broke off: " + answer.fault());
    }
    if (answer.soFar() == null) {
      throw new MalformedReplyException("found no choices in the stream of the answer");
    }
    return answer.soFar();
  }

  /** What is too long is cut off, which must not leave half of the key. */
  private String shown(ServerError error) {
    return error.map(server.key()::redact).shown();
  }

  private Outcome refused(ChatRequest request, ServerReply reply) {
    ServerError error = ServerError.of(reply.body());
    boolean ofTheKey = UNKNOWN_KEY.contains(reply.status());
    String words = shown(ofTheKey ? error.withoutWords() : error);
    String found = "found status " + reply.status() + (words.isEmpty() ? "" : " (" + words + ")");
    if (RetryRule.worthwhile(reply)) {
      return new Outcome(null, found, RetryRule.delay(reply, Instant.now()));
    }
    throw new ChatRefusedException(said(found + expected(request, reply)), reply.status());
  }

  private String expected(ChatRequest request, ServerReply reply) {
    if (ServerError.of(reply.body()).quotaIsUsedUp()) {
      return "; the account's quota is used up, and waiting does not mend that";
    }
    return switch (reply.status()) {
      case 401, 403 ->
          server.key().authorization().isEmpty()
              ? ", as no key was sent; expected one, in an environment variable that the recipe"
                  + " names"
              : " with " + server.key() + ", expected one that this server knows";
      case 404 ->
          " for model '" + request.model() + "', expected a model and an address of this server";
      default -> reply.status() / 100 == 3 ? ", which leads elsewhere and is not followed" : "";
    };
  }

  private Duration pause(Outcome outcome, int failures, String body) {
    Duration own = server.patience().pause(failures, body);
    Duration asked = outcome.asked().orElse(own);
    Duration most = server.patience().longestWait();
    if (outcome.asked().isPresent() && asked.compareTo(most) > 0) {
      throw new ChatUnreachableException(
          said(
              outcome.reason()
                  + "; the server asks to wait "
                  + seconds(asked)
                  + " s, expected "
                  + seconds(most)
                  + " s at most: run again after that, and what is answered already is not asked"
                  + " again"));
    }
    // A server that asks for none would have all attempts used up at once.
    return asked.compareTo(own) > 0 ? asked : own;
  }

  private String said(String what) {
    return server.key().redact(server.completions() + ": " + what);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }
}
