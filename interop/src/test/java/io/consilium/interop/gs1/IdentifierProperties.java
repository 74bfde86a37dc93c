package io.consilium.interop.gs1;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** Every key survives every spelling, and no text does worse than be refused. */
class IdentifierProperties {
    private static final String SET_82 =
            "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    @Property(tries = 2000)
    void dru1_anySerialSurvivesUrnAndLink(
            @ForAll("serials") String serial,
            @ForAll("thirteen") String digits,
            @ForAll @IntRange(min = 6, max = 12) int n)
            throws MalformedIdentifier {
        Gs1Key item = Gs1Key.sgtin(digits + CheckDigit.of(digits), serial);
        assertThat(Identifiers.read(item.digitalLink())).isEqualTo(item);
        EpcUrn urn = EpcUrn.read(item.urn(n));
        assertThat(urn.key()).isEqualTo(item);
        assertThat(urn.companyPrefix()).hasSize(n);
        assertThat(item.isUnder(urn.companyPrefix())).isTrue();
    }

    @Property(tries = 1000)
    void dru1_anyItemSurvivesARawBarcode(@ForAll("serials") String serial, @ForAll("thirteen") String digits)
            throws MalformedIdentifier {
        Gs1Key item = Gs1Key.sgtin(digits + CheckDigit.of(digits), serial);
        String raw = "]d201" + item.value() + "21" + serial + ElementString.SEPARATOR + "10LOT";
        if (!serial.contains("<GS>")) {
            assertThat(Identifiers.read(raw)).isEqualTo(item);
        }
    }

    @Property(tries = 1000)
    void aWrongDigitIsFound(@ForAll("thirteen") String digits, @ForAll @IntRange(min = 0, max = 12) int at) {
        char other = digits.charAt(at) == '9' ? '0' : (char) (digits.charAt(at) + 1);
        String wrong = digits.substring(0, at) + other + digits.substring(at + 1);
        assertThat(CheckDigit.isRight(wrong + CheckDigit.of(digits))).isFalse();
    }

    @Property(tries = 5000)
    void noTextDoesWorseThanBeRefused(@ForAll("starts") String start, @ForAll @StringLength(max = 60) String rest) {
        String text = start + rest;
        try {
            Gs1Key key = Identifiers.read(text);
            assertThat(Identifiers.read(key.digitalLink())).isEqualTo(key);
        } catch (MalformedIdentifier refused) {
            assertThat(refused.reason()).isNotBlank();
        }
        assertThat(Identifiers.canonical(text)).isNotNull();
    }

    /** Any serial, more often than by chance with what separates parts in one of the spellings. */
    @Provide
    Arbitrary<String> serials() {
        Arbitrary<String> any = Arbitraries.strings()
                .withChars(SET_82.toCharArray())
                .ofMinLength(1)
                .ofMaxLength(8);
        return Arbitraries.oneOf(any, Arbitraries.of("://", "//", "(21)", "%2F", "?", "/10/", "urn:epc:id:"))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> String.join("", parts))
                .map(serial -> serial.substring(0, Math.min(20, serial.length())));
    }

    @Provide
    Arbitrary<String> thirteen() {
        return Arbitraries.strings().numeric().ofLength(13);
    }

    @Provide
    Arbitrary<String> starts() {
        return Arbitraries.of(
                "",
                "urn:epc:",
                "urn:epc:id:sgtin:",
                "urn:epc:id:sgtin:0614141.107346.",
                "urn:epc:id:itip:0614141.107346.",
                "urn:epc:idpat:",
                "https://id.gs1.org/",
                "https://id.gs1.org/01/10614141073464/",
                "https://id.gs1.org/253/",
                "https://a/8003/",
                "(01)",
                "(01)10614141073464(",
                "]d2",
                "01106141410734642",
                "8006");
    }
}
