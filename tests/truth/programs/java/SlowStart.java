/** A main class whose static initialiser sleeps ("app"); it then serves as Hello does. */
public final class SlowStart {
  static {
    long milliseconds = Delay.milliseconds();
    if (milliseconds > 0) {
      long begin = System.nanoTime();
      try {
        Thread.sleep(milliseconds);
      } catch (InterruptedException e) {
        throw new ExceptionInInitializerError(e);
      }
      Delay.log("app", begin, System.nanoTime());
    }
  }

  private SlowStart() {}

  public static void main(String[] args) throws Exception {
    Hello.main(args);
  }
}
