package dev.assay.engine.teacher.chat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Single requests. Redirects are not followed, as the key must not go to another server. */
final class ChatConnection {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final int LARGEST = 64 << 20;

  private final ChatServer server;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  ChatConnection(ChatServer server) {
    this.server = server;
  }

  /**
   * Sends a body and reads the answer whole.
   *
   * @throws IOException if the connection fails, or the answer does not end in time
   */
  ServerReply post(String body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.completions())
            .header("Content-Type", "application/json")
            .header("Accept", server.stream() ? "text/event-stream" : "application/json")
            .header("User-Agent", "assay")
            .POST(BodyPublishers.ofString(body));
    server.key().authorization().ifPresent(value -> request.header("Authorization", value));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> coming =
        client.sendAsync(
            request.build(),
            BodyHandlers.ofByteArrayConsumer(piece -> piece.ifPresent(b -> add(content, b))));
    HttpResponse<Void> response = wait(coming);
    Map<String, String> headers = new TreeMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
    String text = content.toString(StandardCharsets.UTF_8);
    return new ServerReply(response.statusCode(), headers, text);
  }

  private static void add(ByteArrayOutputStream content, byte[] piece) {
    if (content.size() + piece.length > LARGEST) {
      throw new UncheckedIOException(new IOException("found more than " + LARGEST + " bytes"));
    }
    content.writeBytes(piece);
  }

  private HttpResponse<Void> wait(CompletableFuture<HttpResponse<Void>> coming) throws IOException {
    try {
      return coming.get(server.patience().timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new HttpTimeoutException(
          "no answer in " + server.patience().timeout().toMillis() / 1000.0 + " s");
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }
}
