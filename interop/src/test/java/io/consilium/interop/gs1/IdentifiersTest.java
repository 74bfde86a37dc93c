package io.consilium.interop.gs1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DRU-1: many spellings are one item. DRU-2: format and check digit. */
class IdentifiersTest {
    private static final char GS = ElementString.SEPARATOR;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:epc:id:sgtin:0614141.107346.2017",
                "URN:EPC:id:sgtin:06141410.17346.2017",
                "https://id.gs1.org/01/10614141073464/21/2017",
                "http://shop.example.com/a/b/gtin/10614141073464/lot/X1/ser/2017?17=271231&x=y#top",
                "(01)10614141073464(21)2017",
                "(01) 10614141073464 (17) 271231 (10) A(1) (21) 2017",
                "]d2011061414107346417271231" + "10LOT(21)\u001D212017",
                "0110614141073464" + "212017<GS>10A"
            })
    void dru1_everySpellingIsOneItem(String spelling) throws Exception {
        assertThat(Identifiers.read(spelling)).isEqualTo(Gs1Key.sgtin("10614141073464", "2017"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "]d201106141410734642120://17",
                "01106141410734642120://17<GS>10A",
                "(01)10614141073464(21)20://17",
                "https://id.gs1.org/01/10614141073464/21/20:%2F%2F17",
                "urn:epc:id:sgtin:0614141.107346.20:%2F%2F17"
            })
    void dru1_aSerialWithTheSignsOfAWebAddressIsNone(String spelling) throws Exception {
        assertThat(Identifiers.read(spelling)).isEqualTo(Gs1Key.sgtin("10614141073464", "20://17"));
    }

    @Test
    void dru1_aProductsWebAddressInABarcodeIsNoDigitalLink() throws Exception {
        assertThat(Identifiers.read("(01)10614141073464(8200)https://example.com/p"))
                .isEqualTo(Identifiers.read("(01)10614141073464"));
    }

    @Test
    void dru1_otherSerialsAndClassesAreOtherItems() throws Exception {
        Gs1Key item = Gs1Key.sgtin("10614141073464", "2017");
        assertThat(Identifiers.read("(01)10614141073464(21)02017")).isNotEqualTo(item);
        assertThat(Identifiers.read("(01)10614141073464(10)2017")).isNotEqualTo(item);
        assertThat(Identifiers.read("urn:epc:idpat:sgtin:0614141.107346.*")).isNotEqualTo(item);
        assertThat(Identifiers.read("urn:epc:id:upui:0614141.107346.2017")).isNotEqualTo(item);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(01)10614141073465(21)2017 | check digit",
                "https://id.gs1.org/01/10614141073465/21/2017 | check digit",
                "(01)10614141073464(21)123456789012345678901 | too long",
                "https://id.gs1.org/01/10614141073464/21/123456789012345678901 | more than 20",
                "urn:epc:id:sgtin:0614141.107346.123456789012345678901 | more than 20",
                "urn:epc:id:sgtin:0614141.107346.a b | 82 characters",
                "urn:epc:id:sgtin:0614141.107346.%07 | 82 characters",
                "urn:epc:id:sgtin:0614141.107346. | no serial",
                "https://id.gs1.org/01/10614141073464/21/%1B | 82 characters",
                "https://id.gs1.org/01/10614141073464/21/2017/10/A | out of order",
                "https://id.gs1.org/01/10614141073464/99/2017 | none that may follow",
                "(01)10614141073464(21)2017(21)2018 | twice",
                "(01)10614141073464(17)271301(21)1 | no date",
                "(99)1(01)1061414107346 | too short",
                "]E09521234 | symbology",
                "hello | application identifier",
                "urn:epc:id:nothing:0614141.107346.1 | no EPC scheme"
            })
    void dru2_refusesWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> Identifiers.read(text))
                .isInstanceOf(MalformedIdentifier.class)
                .hasMessageContaining(reason);
    }

    @Test
    void dru2_companyPrefixesAreFoundBehindTheIndicator() throws Exception {
        CompanyPrefixes helix = CompanyPrefixes.of(List.of("0614141", "4012345"));
        Gs1Key own = Gs1Key.sgtin("10614141073464", "1");
        assertThat(helix.owning(own)).contains("0614141");
        assertThat(helix.urn(own)).isEqualTo("urn:epc:id:sgtin:0614141.107346.1");
        assertThat(helix.owning(Identifiers.read("urn:epc:id:sscc:4012345.0000000333")))
                .contains("4012345");
        assertThat(helix.owning(Identifiers.read("(01)09521141012345(21)1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"96385074, 00000096385074", "614141073467, 00614141073467", "4012345111118, 04012345111118"})
    void gtinsOfEveryLengthAreOneNumber(String gtin, String fourteen) throws Exception {
        assertThat(Gtin.fourteen(gtin)).isEqualTo(fourteen);
        assertThat(Gtin.shortest(fourteen)).isEqualTo(gtin);
    }

    @ParameterizedTest
    @CsvSource({
        "0001-0123-45, 0001-0123-45, 00300010123455, 00001012345",
        "12345-678-90, 12345-678-90, 00312345678906, 12345067890",
        "12345-6789-0, 12345-6789-0, 00312345678906, 12345678900",
        "12345-0678-90, 12345-678-90, 00312345678906, 12345067890",
        "12345678900, 12345-6789-0, 00312345678906, 12345678900"
    })
    void ndcsStandInsideGtins(String text, String ten, String gtin, String eleven) throws Exception {
        Ndc ndc = Ndc.read(text);
        assertThat(ndc.text()).isEqualTo(ten);
        assertThat(ndc.gtin(0)).isEqualTo(gtin);
        assertThat(ndc.elevenDigits()).isEqualTo(eleven);
        assertThat(Ndc.tenDigits(gtin)).contains(ten.replace("-", ""));
        assertThat(Gtin.fourteen(gtin)).isEqualTo(gtin);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1234567890", "0001-0123", "0001-0123-456", "01234056789", "x001-0123-45", ""})
    void anNdcThatCannotBeToldApartIsRefused(String text) {
        assertThatThrownBy(() -> Ndc.read(text)).isInstanceOf(MalformedIdentifier.class);
    }

    @ParameterizedTest
    @CsvSource({
        "271231, 2026, 2027-12-31",
        "270200, 2026, 2027-02-28",
        "280200, 2026, 2028-02-29",
        "760101, 2026, 2076-01-01",
        "770101, 2026, 1977-01-01",
        "400101, 2091, 2140-01-01",
        "000101, 1999, 2000-01-01"
    })
    void datesTakeTheNearestCenturyAndTheMonthsEnd(String yymmdd, int year, LocalDate expected) throws Exception {
        assertThat(Gs1Date.read(yymmdd, year)).isEqualTo(expected);
    }

    @Test
    void aBarcodeSaysProductLotAndExpiry() throws Exception {
        ElementString scanned = ElementString.read("]d2" + GS + "01106141410734641727020010LOT7" + GS + "21S-1");
        assertThat(scanned.gtin()).contains("10614141073464");
        assertThat(scanned.lot()).contains("LOT7");
        assertThat(scanned.serial()).contains("S-1");
        assertThat(scanned.expiry(2026)).contains(LocalDate.of(2027, 2, 28));
        assertThat(scanned.key().elementString()).isEqualTo("(01)10614141073464(21)S-1");
    }

    @Test
    @DisplayName("DRU-8 a scanner that swallows FNC1 is told so, and nobody is accused of a counterfeit")
    void dru8_swallowedSeparator() throws Exception {
        assertThatThrownBy(() -> Identifiers.read("0100614141123452" + "21A1" + "17291231" + "10L1"))
                .isInstanceOf(MalformedIdentifier.class)
                .hasMessageContaining("FNC1");
        assertThat(Identifiers.read("(01)00614141123452(21)A11729123110L1").serial())
                .isEqualTo("A11729123110L1");
        assertThat(Identifiers.read("0100614141123452" + "21A1\u001D" + "17291231" + "10L1")
                        .serial())
                .isEqualTo("A1");
    }

    @Test
    @DisplayName("DRU-8 lot and date are read from a barcode and from a Digital Link alike")
    void dru8_labels() throws Exception {
        for (String text : List.of(
                "(01)00614141123452(21)A1(17)311231(10)L1",
                "https://id.gs1.org/01/00614141123452/10/L1/21/A1?17=311231")) {
            PackLabel label = PackLabel.read(text);
            assertThat(label.key()).isEqualTo(Gs1Key.sgtin("00614141123452", "A1"));
            assertThat(label.lot()).contains("L1");
            assertThat(label.expiry(2026)).contains(LocalDate.of(2031, 12, 31));
        }
        assertThat(PackLabel.read("urn:epc:id:sgtin:0614141.012345.A1").lot()).isEmpty();
    }
}
