package io.consilium.interop.gs1;

/** The check digit of GS1's numeric keys: weights 3 and 1 from the right, modulo 10 (General Specifications 7.9.1). */
public final class CheckDigit {
    private CheckDigit() {}

    /** Of digits that lack one. */
    public static char of(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            sum += i % 2 == 0 ? 3 * digit : digit;
        }
        return (char) ('0' + (10 - sum % 10) % 10);
    }

    /** Whether the last of the digits is the check digit of the others. */
    public static boolean isRight(String digits) {
        int last = digits.length() - 1;
        return last > 0 && of(digits.substring(0, last)) == digits.charAt(last);
    }
}
