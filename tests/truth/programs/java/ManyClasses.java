/** Loads 2,000 classes ("app") unless TRUTH_DELAY_MS is 0; then serves. */
public final class ManyClasses {
  private ManyClasses() {}

  public static void main(String[] args) throws Exception {
    long begin = System.nanoTime();
    Delay.log("main", begin, begin);
    if (Delay.milliseconds() > 0) {
      begin = System.nanoTime();
      for (int i = 0; i < 2000; i++) {
        Class.forName("Generated" + i);
      }
      Delay.log("app", begin, System.nanoTime());
    }
    Server.serve();
  }
}
