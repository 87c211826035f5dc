// The sample function on the JVM: the JDK's own HTTP server.
// A request with the header X-Coldstart-Duration-Us is answered so many microseconds later.
// Port and address come from $PORT (8080) and $HOST (127.0.0.1).

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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
          String work = exchange.getRequestHeaders().getFirst("X-Coldstart-Duration-Us");
          if (work == null) {
            answer(exchange);
          } else {
            // The server has one thread: others must not wait for this one.
            new Thread(() -> answerLater(exchange, Long.parseLong(work))).start();
          }
        });
    server.start();
  }

  private static void answerLater(HttpExchange exchange, long workUs) {
    try {
      TimeUnit.MICROSECONDS.sleep(workUs);
      answer(exchange);
    } catch (InterruptedException | IOException gone) {
      exchange.close();
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(200, BODY.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(BODY);
    }
  }
}
