package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * Single requests. Redirects are followed here rather than by the client, as the token must not go
 * to the servers that the hub hands large files over to.
 */
final class HubHttp {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final int REDIRECTS = 10;

  private final HubSettings settings;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  HubHttp(HubSettings settings) {
    this.settings = settings;
  }

  /**
   * An answer.
   *
   * @param address where it came from in the end
   * @param body to be closed
   */
  record Answer(URI address, int status, HttpHeaders headers, InputStream body)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      body.close();
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /** The answer at the end of all redirects. */
  Answer get(URI address, Map<String, String> headers) throws IOException {
    return follow("GET", address, headers);
  }

  /** The hub's own answer: redirects to other servers are not followed. */
  Answer head(URI address) throws IOException {
    return follow("HEAD", address, Map.of());
  }

  private Answer follow(String method, URI start, Map<String, String> headers) throws IOException {
    URI address = start;
    for (int i = 0; i < REDIRECTS; i++) {
      Answer answer = send(method, address, headers);
      boolean redirects =
          switch (answer.status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
          };
      if (!redirects) {
        return answer;
      }
      URI next = next(answer);
      if (method.equals("HEAD") && !ofHub(next)) {
        return answer;
      }
      answer.close();
      address = next;
    }
    throw new BadInputException(start + ": found more than " + REDIRECTS + " redirects");
  }

  private static URI next(Answer answer) {
    String location = answer.header("Location");
    URI next;
    try {
      next = answer.address().resolve(location);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(answer.address() + ": found a redirect to no address", e);
    }
    boolean safe =
        "https".equals(next.getScheme())
            || ("http".equals(next.getScheme()) && "http".equals(answer.address().getScheme()));
    if (location.isEmpty() || !safe || next.getHost() == null) {
      throw new BadInputException(
          answer.address()
              + ": found a redirect to '"
              + FileName.shown(location)
              + "', expected an address that is no less secure");
    }
    return next;
  }

  private Answer send(String method, URI address, Map<String, String> headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(settings.retries().stall())
            .header("User-Agent", "assay")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    String token = settings.token();
    if (token != null && ofHub(address)) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      return new Answer(
          address,
          response.statusCode(),
          response.headers(),
          new StallGuard(response.body(), settings.retries().stall()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private boolean ofHub(URI address) {
    URI hub = settings.endpoint();
    return hub.getScheme().equals(address.getScheme())
        && hub.getHost().equalsIgnoreCase(address.getHost())
        && port(hub) == port(address);
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return "https".equals(address.getScheme()) ? 443 : 80;
  }
}
