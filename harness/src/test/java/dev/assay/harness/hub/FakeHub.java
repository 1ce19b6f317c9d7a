package dev.assay.harness.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A hub with one repository, {@code owner/tiny}, and a server of another origin that it hands large
 * files over to, as the real one does.
 */
public final class FakeHub implements AutoCloseable {
  /** The commit that {@code main} and {@code v1} stand for. */
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private static final String API = "/api/models/owner/tiny/revision/";
  private static final String FILES = "/owner/tiny/resolve/" + COMMIT + "/";
  private static final String CDN = "/content/";

  /** A request as it arrived. */
  record Seen(String method, String server, String path, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final Map<String, byte[]> small = new LinkedHashMap<>();
  private final Map<String, byte[]> large = new LinkedHashMap<>();
  private final Map<String, Deque<HttpHandler>> instead = new LinkedHashMap<>();
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer hub;
  private final HttpServer cdn;
  private boolean listsBlobs = true;
  private boolean knowsRanges = true;
  private boolean listed;
  private String listing = "";
  private long claimed = -1;

  public FakeHub() throws IOException {
    hub = server("hub", this::answer);
    cdn = server("cdn", this::content);
  }

  private HttpServer server(String name, HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            note(name, exchange);
            handler.handle(exchange);
          }
        });
    server.start();
    return server;
  }

  /** A hub that has the files of a directory; weights are large files. */
  public static FakeHub of(Path directory) throws IOException {
    FakeHub hub = new FakeHub();
    try (var files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".safetensors")) {
          hub.large(name, Files.readAllBytes(file));
        } else {
          hub.small(name, Files.readAllBytes(file));
        }
      }
    }
    return hub;
  }

  /** A hub with a small checkpoint, its weights of this many bytes. */
  static FakeHub tiny(int weightBytes) throws IOException {
    FakeHub hub = new FakeHub();
    hub.small("config.json", "{\"model_type\": \"llama\"}");
    hub.small("tokenizer.json", "{}");
    hub.small("README.md", "not wanted");
    hub.large("model.safetensors", bytes(weightBytes));
    hub.large("pytorch_model.bin", bytes(weightBytes + 1));
    return hub;
  }

  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return bytes;
  }

  FakeHub small(String name, String content) {
    return small(name, content.getBytes(UTF_8));
  }

  FakeHub small(String name, byte[] content) {
    small.put(name, content);
    return this;
  }

  FakeHub large(String name, byte[] content) {
    large.put(name, content);
    return this;
  }

  FakeHub without(String name) {
    small.remove(name);
    large.remove(name);
    return this;
  }

  FakeHub withoutBlobs() {
    listsBlobs = false;
    return this;
  }

  FakeHub withoutRanges() {
    knowsRanges = false;
    return this;
  }

  FakeHub listing(String json) {
    listing = json;
    listed = true;
    return this;
  }

  /** A hub that says of each large file that it has this many bytes. */
  public FakeHub claiming(long bytes) {
    claimed = bytes;
    return this;
  }

  /** The next request whose path ends so is answered in another way. */
  FakeHub next(String pathEnd, HttpHandler handler) {
    instead.computeIfAbsent(pathEnd, key -> new ArrayDeque<>()).add(handler);
    return this;
  }

  static HttpHandler status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  /** Announces all and breaks off after some bytes. */
  HttpHandler breaksOff(String name, int after) {
    return exchange -> {
      byte[] content = content(name);
      exchange.getResponseHeaders().set("ETag", "\"cdn-tag\"");
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, after);
      exchange.getResponseBody().flush();
    };
  }

  byte[] content(String name) {
    byte[] found = small.containsKey(name) ? small.get(name) : large.get(name);
    if (found == null) {
      throw new IllegalArgumentException(name);
    }
    return found;
  }

  /** The path on the other server. */
  String cdnPath(String name) {
    return CDN + name;
  }

  public URI address() {
    return URI.create("http://localhost:" + hub.getAddress().getPort());
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** Requests for a file's content, on either server. */
  public List<String> contentRequests() {
    return seen().stream()
        .filter(each -> each.method().equals("GET") && !each.path().startsWith("/api/"))
        .map(Seen::path)
        .toList();
  }

  public void forget() {
    seen.clear();
  }

  HubSettings settings(Path cache) {
    return settings(cache, false, null);
  }

  HubSettings settings(Path cache, boolean offline, @Nullable String token) {
    RetryPolicy quick =
        new RetryPolicy(4, Duration.ofMillis(5), Duration.ofMillis(1500), Duration.ofSeconds(30));
    return new HubSettings(address(), offline, cache, token, quick);
  }

  private void note(String server, HttpExchange exchange) {
    Map<String, String> headers = new LinkedHashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
    seen.add(
        new Seen(
            exchange.getRequestMethod(), server, exchange.getRequestURI().getRawPath(), headers));
  }

  private boolean answeredInstead(HttpExchange exchange) throws IOException {
    for (Map.Entry<String, Deque<HttpHandler>> entry : instead.entrySet()) {
      if (exchange.getRequestURI().getPath().endsWith(entry.getKey())) {
        HttpHandler handler = entry.getValue().poll();
        if (handler != null) {
          handler.handle(exchange);
          return true;
        }
      }
    }
    return false;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (answeredInstead(exchange)) {
      return;
    }
    if (path.startsWith(API)) {
      list(exchange, path.substring(API.length()));
    } else if (path.startsWith(FILES)) {
      resolve(exchange, path.substring(FILES.length()));
    } else {
      status(404, "X-Error-Code", "RepoNotFound").handle(exchange);
    }
  }

  private void list(HttpExchange exchange, String revision) throws IOException {
    if (!Set.of("main", "v1", "refs/pr/1", COMMIT).contains(revision)) {
      status(404, "X-Error-Code", "RevisionNotFound").handle(exchange);
      return;
    }
    byte[] body = listed ? listing.getBytes(UTF_8) : listing();
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private byte[] listing() throws IOException {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("sha", COMMIT);
    ArrayNode siblings = root.putArray("siblings");
    Set<String> names = new TreeSet<>(small.keySet());
    names.addAll(large.keySet());
    for (String name : names) {
      ObjectNode file = siblings.addObject().put("rfilename", name);
      if (listsBlobs) {
        boolean claims = claimed >= 0 && large.containsKey(name);
        long size = claims ? claimed : content(name).length;
        file.put("size", size).put("blobId", hash(content(name), 40));
        if (large.containsKey(name)) {
          file.putObject("lfs").put("sha256", hash(content(name), 64)).put("size", size);
        }
      }
    }
    return new ObjectMapper().writeValueAsBytes(root);
  }

  private void resolve(HttpExchange exchange, String name) throws IOException {
    exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    if (small.containsKey(name)) {
      exchange.getResponseHeaders().set("ETag", '"' + hash(content(name), 40) + '"');
      send(exchange, content(name));
    } else if (large.containsKey(name)) {
      exchange.getResponseHeaders().set("X-Linked-Etag", '"' + hash(content(name), 64) + '"');
      exchange.getResponseHeaders().set("X-Linked-Size", "" + content(name).length);
      exchange
          .getResponseHeaders()
          .set("Location", "http://127.0.0.1:" + cdn.getAddress().getPort() + CDN + name + "?s=1");
      exchange.sendResponseHeaders(302, -1);
    } else {
      status(404, "X-Error-Code", "EntryNotFound").handle(exchange);
    }
  }

  private void content(HttpExchange exchange) throws IOException {
    if (!answeredInstead(exchange)) {
      exchange.getResponseHeaders().set("ETag", "\"cdn-tag\"");
      send(exchange, content(exchange.getRequestURI().getPath().substring(CDN.length())));
    }
  }

  private void send(HttpExchange exchange, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    byte[] body = content;
    int status = 200;
    if (range != null && knowsRanges) {
      int from = Integer.parseInt(range.replaceAll("\\D", ""));
      body = Arrays.copyOfRange(content, from, content.length);
      status = 206;
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + body.length);
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** The tag of a content, of 40 or 64 digits. */
  static String hash(byte[] content, int digits) {
    byte[] head = ("blob " + content.length + "\0").getBytes(UTF_8);
    try {
      MessageDigest digest = MessageDigest.getInstance(digits == 64 ? "SHA-256" : "SHA-1");
      digest.update(digits == 64 ? new byte[0] : head);
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    cdn.stop(0);
  }
}
