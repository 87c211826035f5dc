import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Answers one request a connection; logs when it began to listen. */
final class Server {
  private Server() {}

  static void serve() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    InetSocketAddress address =
        new InetSocketAddress(
            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
            Integer.parseInt(System.getenv("PORT")));
    long begin = System.nanoTime();
    listener.bind(address, 50);
    Delay.log("listen", begin, System.nanoTime());
    String body = "hello from coldstart\n";
    String head =
        "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n";
    byte[] answer = (head + body).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer request = ByteBuffer.allocate(4096);
    while (true) {
      try (SocketChannel connection = listener.accept()) {
        connection.read(request.clear());
        connection.write(ByteBuffer.wrap(answer));
      }
    }
  }
}
