package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every command that writes a file which the user names does so to a new one, in a directory that is there. */
class WrittenFilesTest {
    private static final String ID = "00112233445566778899aabbccddeeff";

    static final List<String> WRITING = List.of(
            "record get " + ID + " --purpose TREAT --out",
            "record get " + ID + " --purpose TREAT --opening",
            "record add F --patient " + ID + " --opening",
            "chain receipt " + ID + ID + " --out",
            "tx build F --out",
            "tx sign F --out",
            "audit export --patient " + ID + " --out",
            "trial report " + ID + " --html",
            "trial export " + ID + " --out",
            "trial release " + ID + " --dataset " + ID + " --quasi SEX --out",
            "drug trace --gtin 00614141123452 --serial A1 --svg",
            "drug export --gtin 00614141123452 --serial A1 --format epcis --out",
            "genesis new --name N --out",
            "simulate --replay 7 --trace",
            "bench roofline --json",
            "bench load --json",
            "bench load --html",
            "bench packs --json");

    @TempDir
    Path home;

    @ParameterizedTest
    @FieldSource("WRITING")
    void whatIsThereStays(String words) throws Exception {
        Path there = Files.writeString(home.resolve("there"), "kept");
        CommandLineRun run = CommandLineRun.of(home, with(words, there));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(8);
        assertThat(run.err()).contains(there + " exists already");
        assertThat(there).hasContent("kept");
    }

    @ParameterizedTest
    @FieldSource("WRITING")
    void noDirectoryIsMade(String words) {
        Path file = home.resolve("none").resolve("x").resolve("y");
        CommandLineRun run = CommandLineRun.of(home, with(words, file));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(file + " cannot be written: there is no directory " + file.getParent());
        assertThat(run.err().lines()).hasSize(2);
        assertThat(home.resolve("none")).doesNotExist();
    }

    private static String[] with(String words, Path file) {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        all.add(file.toString());
        return all.toArray(String[]::new);
    }
}
