// The sample function on the JVM: the JDK's own HTTP server.
// Port and address come from $PORT (8080) and $HOST (127.0.0.1).

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

public final class Hello {
  private static final byte[] BODY = "hello from coldstart\n".getBytes(StandardCharsets.US_ASCII);

  private Hello() {}

  public static void main(String[] args) throws IOException {
    // The server writes head and body separately: without this the body could wait for an ACK.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Map<String, String> env = System.getenv();
    String host = env.getOrDefault("HOST", "127.0.0.1");
    int port = Integer.parseInt(env.getOrDefault("PORT", "8080"));

    HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(200, BODY.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(BODY);
          }
        });
    server.start();
  }
}
