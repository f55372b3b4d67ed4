// Every misconfiguration of the catalogue, in every flavour, is looked at by the diagnostician over the fake
// internet: the cause is the file's, what is healthy passes, and what is not does not.
#include <catch2/catch.hpp>

#include "diagnosis_world.hpp"

namespace custdkim::lab::test {

namespace {

using Found = custdkim::Finding;  // the lab's resolver has findings, too

struct Row {
    const Misconfiguration& file;
    const Flavour& flavour;
    std::vector<Found> findings;  // of both slots

    std::string name() const { return file.id + "/" + flavour.id; }
    bool passes() const {
        return std::all_of(findings.begin(), findings.end(),
                           [](const Found& finding) { return finding.outcome == Outcome::pass; });
    }
    // What a person is told first; nullptr: nothing.
    const Found* worst() const {
        for (const Found& finding : findings) {
            if (finding.outcome != Outcome::pass) return &finding;
        }
        for (const Found& finding : findings) {
            if (!finding.cause.empty()) return &finding;
        }
        return nullptr;
    }
};

// For the log of a failed check.
std::string text_of(const Row& row) {
    std::string text = row.name();
    for (const Found& finding : row.findings) {
        text +=
            "\n  [" + std::string(to_string(finding.outcome)) + " " + finding.cause + "] " + finding.detail;
        for (const std::string& line : finding.evidence) text += "\n    " + line;
    }
    return text;
}

Row look(const Misconfiguration& file, const Flavour& flavour) {
    DiagnosisWorld world;
    world.set(file.id, flavour.id);
    return {file, flavour, world.look()};
}

template <typename Check>
void for_each_row(const Check& check) {
    for (const Misconfiguration& file : Catalogue::built_in().all()) {
        for (const Flavour& flavour : file.flavours) {
            const Row row = look(file, flavour);
            INFO(text_of(row));
            check(row);
        }
    }
}

bool is_healthy(const Row& row) {
    return row.file.cause.empty() || row.file.seen_as_of(row.flavour) == "healthy";
}

// One look cannot tell these from others: dns-servers answer the same, octet for octet.
bool cannot_be_told(const Row& row) { return row.name() == "flattened/default"; }

}  // namespace

TEST_CASE("What is healthy passes, and what is not does not") {
    for_each_row([](const Row& row) {
        CHECK(row.passes() == (is_healthy(row) || row.file.is_harmless(row.flavour)));
        if (is_healthy(row)) CHECK(row.worst() == nullptr);
    });
}

TEST_CASE("Every misconfiguration is told by its cause, with the fix and the evidence") {
    for_each_row([](const Row& row) {
        if (is_healthy(row)) return;
        const Found* const worst = row.worst();
        REQUIRE(worst);
        const std::string& seen_as = row.file.seen_as_of(row.flavour);
        if (!cannot_be_told(row)) CHECK(worst->cause == (seen_as.empty() ? row.file.cause : seen_as));
        const auto& also = worst->candidates;
        const bool is_named = worst->cause == row.file.cause ||
                              std::find(also.begin(), also.end(), row.file.cause) != also.end();
        CHECK(is_named);
        CHECK_FALSE(worst->detail.empty());
        CHECK_FALSE(worst->fix.empty());
        CHECK_FALSE(worst->evidence.empty());
    });
}

TEST_CASE("What could not be looked up is not said to be wrong") {
    for (const char* const silent :
         {"all-servers-dead", "lame-refused", "lame-servfail", "underscore-dropped", "zone-not-loaded",
          "access-list", "tcp-blocked", "edns-dropped"}) {
        INFO(silent);
        DiagnosisWorld world;
        world.set(silent);
        for (const Found& finding : world.look()) CHECK((finding.outcome == Outcome::unknown));
    }
}

TEST_CASE("Name servers that differ are named as such, whichever the world asked") {
    for (const char* const split :
         {"one-server-stale", "one-server-old-target", "one-server-proxied", "one-server-flattened"}) {
        INFO(split);
        for (unsigned run = 0; run < 20; ++run) {
            DiagnosisWorld world;
            world.set(split);
            world.resolver.ask(world.names_of(0).owner, dns::QuestionType::cname).value();
            const Found finding = world.look(0);
            CHECK((finding.outcome == Outcome::fail));
            CHECK(finding.cause == "servers-differ");
        }
    }
}

}  // namespace custdkim::lab::test
