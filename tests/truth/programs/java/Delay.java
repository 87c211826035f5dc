import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What delay.h is for the other programs. HotSpot's nanoTime is CLOCK_MONOTONIC. */
final class Delay {
  private Delay() {}

  /** 0 if the delay is elsewhere. */
  static long milliseconds() {
    String text = System.getenv("TRUTH_DELAY_MS");
    return text == null || !"app".equals(System.getenv("TRUTH_AT")) ? 0 : Long.parseLong(text);
  }

  /** How long the other threads were on a CPU or waited for one since they began, in ns. */
  static long othersBusy() {
    long sum = 0;
    try {
      String self = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
      for (String task : new File("/proc/self/task").list()) {
        if (task.equals(self)) continue;
        try {
          String[] words =
              Files.readString(Path.of("/proc/self/task", task, "schedstat")).split(" ");
          sum += Long.parseLong(words[0]) + Long.parseLong(words[1]);
        } catch (NoSuchFileException e) {
          continue; // a compiler thread that is not needed any more
        }
      }
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
    return sum;
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
