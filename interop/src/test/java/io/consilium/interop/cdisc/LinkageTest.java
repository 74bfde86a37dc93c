package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-7 what releases tell together")
class LinkageTest {
    private static Table csv(String... lines) throws CdiscFault {
        return Table.read(String.join("\n", lines).getBytes(StandardCharsets.UTF_8), "X");
    }

    @Test
    void twoVersionsThatDifferByFewSubjectsTellThem() throws Exception {
        Table before = csv("USUBJID,SEX", "1,F", "2,F", "3,F", "4,M", "5,M", "6,M");
        Table after = csv("USUBJID,SEX", "1,F", "2,F", "3,F", "4,M", "5,M", "6,M", "7,M");
        Map<List<String>, Integer> one = Anonymity.cells(before, Set.of(1), subject -> false);
        Map<List<String>, Integer> other = Anonymity.cells(after, Set.of(1), subject -> false);
        assertThat(Anonymity.differByFew(one, other, 3)).isTrue();
        assertThat(Anonymity.differByFew(one, one, 3)).isFalse();
        assertThat(Anonymity.differByFew(one, other, 1)).isFalse();
    }

    @Test
    void releasesThatAreSafeAloneMayNotBeTogether() throws Exception {
        Table table = csv("USUBJID,SEX,SMOKER", "1,F,Y", "2,F,Y", "3,F,N", "4,M,N", "5,M,N", "6,M,Y");
        assertThat(tell(new Linkage(3), table, 1)).isTrue();
        assertThat(tell(new Linkage(3), table, 2)).isTrue();
        assertThat(tell(new Linkage(3), table, 1, 2)).isFalse();
        Table other = csv("USUBJID,ARM", "1,A", "2,A", "3,A", "4,B", "5,B", "6,B");
        Linkage three = new Linkage(3);
        assertThat(tell(three, other, 1)).isTrue();
        assertThat(tell(three, table, 1)).isTrue();
        assertThat(tell(three, table, 2)).isFalse();
        assertThat(tell(new Linkage(4), other, 1)).isFalse();
    }

    private static boolean tell(Linkage linkage, Table table, Integer... columns) throws CdiscFault {
        return linkage.tell(table, List.of(columns), subject -> false);
    }

    @Test
    @DisplayName("TRI-7 what several releases leave over between them is told, whatever the columns are called")
    void whoIsLeftOutIsTold() throws Exception {
        Table all = csv("USUBJID,SEX", "1,F", "2,F", "3,F", "4,M", "5,M", "6,M", "7,F", "8,F", "9,F", "0,M");
        Table one = csv("USUBJID,GENDER", "1,w", "2,w", "3,w");
        Table other = csv("USUBJID,SEX", "4,M", "5,M", "6,M");
        Linkage left = new Linkage(1);
        assertThat(tell(left, all, 1) && tell(left, one, 1) && tell(left, other, 1))
                .isTrue();
        for (List<Table> order : List.of(List.of(all, one, other), List.of(one, other, all))) {
            Linkage three = new Linkage(3);
            assertThat(tell(three, order.get(0), 1) && tell(three, order.get(1), 1) && tell(three, order.get(2), 1))
                    .isFalse();
        }
        Linkage withdrawn = new Linkage(3);
        assertThat(tell(withdrawn, one, 1)).isTrue();
        assertThat(withdrawn.tell(one, List.of(1), "1"::equals))
                .as("two of three are left, and the one is known")
                .isFalse();
    }

    /** What the child process does: the tables of one question as large as they may be, and as many subjects as are told. */
    public static final class InSmallMemory {
        public static void main(String[] none) throws Exception {
            StringBuilder lines = new StringBuilder("USUBJID,SEX\n");
            for (int i = 0; i < Linkage.MAX_SUBJECTS; i++) {
                lines.append("trial-subject-").append(i).append(i % 2 == 0 ? ",F\n" : ",M\n");
            }
            byte[] data = lines.toString().getBytes(StandardCharsets.UTF_8);
            Table one = read(data, Table.MAX_WEIGHT);
            Table other = read(data, Table.MAX_WEIGHT - one.weight());
            Linkage linkage = new Linkage(3);
            boolean safe = tell(linkage, one, 0) && tell(linkage, other, 0);
            System.out.print(safe + " " + (one.weight() + other.weight() > Table.MAX_WEIGHT * 9 / 10));
        }

        private static Table read(byte[] data, long room) throws Exception {
            return Table.read(new ByteArrayInputStream(data), "X", Optional.empty(), "SEX"::equals, room);
        }
    }

    @Test
    @DisplayName("TRI-7 a release beside another one, both as large as they may be, is judged in 112 MiB")
    void twoTablesInSmallMemory() throws Exception {
        assertThat(ChildProcess.run(InSmallMemory.class, 112)).isEqualTo("true true");
    }

    @Test
    @DisplayName("TRI-7 beside a table that is in memory already there is room for the rest only")
    void tablesShareTheirRoom() throws Exception {
        byte[] data = "USUBJID,SEX\n1,F\n2,M\n".getBytes(StandardCharsets.UTF_8);
        Table one = InSmallMemory.read(data, Table.MAX_WEIGHT);
        assertThat(InSmallMemory.read(data, one.weight()).rows()).hasSize(2);
        assertThatThrownBy(() -> InSmallMemory.read(data, one.weight() - 1)).isInstanceOf(CdiscFault.TooLarge.class);
    }
}
