/** Computes for about a tenth of a second in one method that is compiled meanwhile, and ends. */
public final class Recursion {
  private Recursion() {}

  static long fibonacci(int n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
  }

  public static void main(String[] arguments) {
    System.out.println(fibonacci(37));
  }
}
