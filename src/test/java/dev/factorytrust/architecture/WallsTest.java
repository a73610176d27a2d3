package dev.factorytrust.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The rooms of the house and the one way that arrows point between them. */
@AnalyzeClasses(packages = "dev.factorytrust", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    private static final String TUF = "dev.factorytrust.tuf..";
    private static final String API = "dev.factorytrust.api..";
    private static final String OPERATOR = "dev.factorytrust.operator..";
    private static final String SERVER = "dev.factorytrust.server..";
    private static final String NAMES = "dev.factorytrust.names..";
    private static final String CLI = "dev.factorytrust.cli..";

    @ArchTest
    static final ArchRule the_engine_knows_nothing_but_java_json_and_cryptography = classes()
            .that()
            .resideInAPackage(TUF)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    TUF,
                    "java.lang..",
                    "java.util..",
                    "java.math..",
                    "java.time..",
                    "java.io..",
                    "java.nio..",
                    "java.security..",
                    "javax.crypto..",
                    "com.fasterxml.jackson..",
                    "org.bouncycastle..",
                    "org.apache.commons.compress..");

    @ArchTest
    static final ArchRule the_engine_opens_no_files = noClasses()
            .that()
            .resideInAPackage(TUF)
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.(io\\.File.*|nio\\.file\\..*)");

    @ArchTest
    static final ArchRule the_engine_asks_no_clock = noClasses()
            .that()
            .resideInAPackage(TUF)
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule the_operator_asks_only_the_clock_that_it_was_given = noClasses()
            .that()
            .resideInAPackage(OPERATOR)
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule resources_know_nothing_of_ours = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TUF, NAMES, OPERATOR, SERVER);

    @ArchTest
    static final ArchRule the_server_knows_no_kubernetes = noClasses()
            .that()
            .resideInAPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(API, OPERATOR, "io.fabric8..", "io.javaoperatorsdk..");

    @ArchTest
    static final ArchRule the_operator_knows_neither_server_nor_quarkus = noClasses()
            .that()
            .resideInAPackage(OPERATOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER, "io.quarkus..", "io.vertx..", "jakarta..");

    @ArchTest
    static final ArchRule the_command_line_runs_without_the_operator = noClasses()
            .that()
            .resideInAPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(OPERATOR, SERVER, "io.quarkus..", "io.javaoperatorsdk..", "jakarta..");

    @ArchTest
    static final ArchRule names_are_made_of_the_engines_words_alone = noClasses()
            .that()
            .resideInAPackage(NAMES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(API, OPERATOR, SERVER, CLI, "io.fabric8..");

    @ArchTest
    static final ArchRule nobody_needs_the_command_line = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLI);

    @ArchTest
    static final ArchRule rooms_of_the_command_line_form_no_circle =
            slices().matching("dev.factorytrust.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule rooms_of_the_command_line_need_no_verb_of_its_front_door = noClasses()
            .that()
            .resideInAPackage("dev.factorytrust.cli.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.factorytrust.cli");

    @ArchTest
    static final ArchRule rooms_of_the_engine_form_no_circle =
            slices().matching("dev.factorytrust.tuf.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule rooms_of_the_operator_form_no_circle =
            slices().matching("dev.factorytrust.operator.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule only_the_store_and_the_actor_write_config_maps_and_secrets = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.factorytrust.operator.rotation..",
                    "dev.factorytrust.operator.custody..",
                    "dev.factorytrust.operator.target..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(io.fabric8.kubernetes.client.KubernetesClient.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(dev.factorytrust.operator.store.ApiServer.class);
}
