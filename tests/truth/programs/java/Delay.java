import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What delay.h is for the other programs. HotSpot's nanoTime is CLOCK_MONOTONIC. */
final class Delay {
  private Delay() {}

  static long milliseconds() {
    String text = System.getenv("TRUTH_DELAY_MS");
    return text == null ? 0 : Long.parseLong(text);
  }

  static void log(String name, long begin, long end) {
    String line = name + " " + begin + " " + end + " " + ProcessHandle.current().pid() + "\n";
    try {
      Files.writeString(
          Path.of(System.getenv("TRUTH_LOG")),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
