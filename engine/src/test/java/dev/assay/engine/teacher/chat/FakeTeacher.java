package dev.assay.engine.teacher.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that speaks chat completions on this machine, with faults in whatever order. */
public final class FakeTeacher implements AutoCloseable {
  /** The key that it knows. */
  public static final String KEY = "sk-very-secret-0123456789/abc";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<HttpHandler> next = new ConcurrentLinkedQueue<>();
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<String> keys = Collections.synchronizedList(new ArrayList<>());

  public FakeTeacher() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      keys.add(exchange.getRequestHeaders().getOrDefault("Authorization", List.of("")).get(0));
      HttpHandler handler = next.poll();
      (handler == null ? answer("Blue.") : handler).handle(exchange);
    }
  }

  /** The next requests are answered so, one by each; those behind them well. */
  public FakeTeacher then(HttpHandler... handlers) {
    next.addAll(List.of(handlers));
    return this;
  }

  public static HttpHandler status(int status, String body, String... headers) {
    return exchange -> {
      byte[] bytes = body.getBytes(UTF_8);
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  public static String error(String type, String code, String message) {
    return "{\"error\": {\"message\": \"%s\", \"type\": \"%s\", \"code\": \"%s\"}}"
        .formatted(message, type, code);
  }

  public static HttpHandler answer(String content) {
    return answer(content, "stop");
  }

  public static HttpHandler answer(String content, String finishReason) {
    return status(
        200,
        """
        {"model": "tiny-2024", "choices": [{"index": 0, "message": {"role": "assistant",
         "content": "%s"}, "finish_reason": "%s"}],
         "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}}
        """
            .formatted(content, finishReason));
  }

  /** Announces more than it sends. */
  public static HttpHandler breaksOff(String beginning) {
    return exchange -> {
      byte[] bytes = beginning.getBytes(UTF_8);
      exchange.sendResponseHeaders(200, bytes.length + 100);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
    };
  }

  /** Begins an answer, and is silent for longer than anybody waits. */
  public static HttpHandler stalls() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      try {
        Thread.sleep(2000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  public List<String> bodies() {
    return List.copyOf(bodies);
  }

  /** What stood in the header Authorization of each request. */
  public List<String> keys() {
    return List.copyOf(keys);
  }

  public int requests() {
    return bodies.size();
  }

  public String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** This server, with its key, and pauses of some milliseconds. */
  public ChatServer chatServer() {
    Patience quick =
        new Patience(
            4,
            Duration.ofMillis(4),
            Duration.ofMillis(20),
            Duration.ofSeconds(60),
            Duration.ofMillis(700));
    return ChatServer.at(base(), ApiKey.fromEnvironment(Map.of("TEACHER_KEY", KEY), "TEACHER_KEY"))
        .with(quick);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
