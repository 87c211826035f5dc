/** A main class whose static initialiser sleeps ("app"); it then serves. */
public final class SlowStart {
  static {
    long main = System.nanoTime();
    Delay.log("main", main, main);
    long milliseconds = Delay.milliseconds();
    if (milliseconds > 0) {
      long busy = Delay.othersBusy();
      long begin = System.nanoTime();
      try {
        Thread.sleep(milliseconds);
      } catch (InterruptedException e) {
        throw new ExceptionInInitializerError(e);
      }
      long end = System.nanoTime();
      Delay.log("others", 0, Delay.othersBusy() - busy);
      Delay.log("app", begin, end);
    }
  }

  private SlowStart() {}

  public static void main(String[] args) throws Exception {
    Server.serve();
  }
}
