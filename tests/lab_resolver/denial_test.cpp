// What NSEC records prove, on the example of RFC 4034 section 6.1 and a small zone.
#include "lab/resolver/denial.hpp"

#include <catch2/catch.hpp>

#include "fake_world.hpp"

namespace custdkim::lab::test {

namespace {

ResourceRecord nsec(std::string_view owner, std::string_view text) {
    return {name(owner), type::nsec, 300, parse_rdata(type::nsec, text).value()};
}

const lab::Records apex{nsec("z.", "a.z. NS SOA RRSIG NSEC")};
const lab::Records middle{nsec("a.z.", "c.d.z. TXT RRSIG NSEC")};
const lab::Records cut{nsec("m.z.", "p.z. NS RRSIG NSEC")};
const lab::Records last{nsec("p.z.", "z. CNAME RRSIG NSEC")};

lab::Records both(const lab::Records& left, const lab::Records& right) {
    lab::Records all = left;
    all.insert(all.end(), right.begin(), right.end());
    return all;
}

}  // namespace

TEST_CASE("Names are ordered as RFC 4034 section 6.1 shows") {
    const std::vector<std::string> ordered{"example.",         "a.example.",      "yljkjljk.a.example.",
                                           "z.a.example.",     "zabc.a.example.", "z.example.",
                                           "\\001.z.example.", "*.z.example.",    "\\200.z.example."};
    for (std::size_t i = 0; i + 1 < ordered.size(); ++i) {
        CHECK(compare_canonically(name(ordered[i]), name(ordered[i + 1])) < 0);
        CHECK(compare_canonically(name(ordered[i + 1]), name(ordered[i])) > 0);
        CHECK(compare_canonically(name(ordered[i]), name(ordered[i])) == 0);
    }
}

TEST_CASE("A name is denied by the NSEC over it together with the one over the wildcard") {
    CHECK(proves_no_name(both(middle, apex), name("b.z.")));
    CHECK_FALSE(proves_no_name(middle, name("b.z.")));
    CHECK(proves_no_name(both(last, apex), name("x.z.")));
    CHECK_FALSE(proves_no_name(both(last, apex), name("b.z.")));
    CHECK_FALSE(proves_no_name(both(last, apex), name("x.y.")));
}

TEST_CASE("An empty non-terminal is there, without any type") {
    CHECK_FALSE(proves_no_name(both(middle, apex), name("d.z.")));
    CHECK(proves_no_type(middle, name("d.z."), type::txt));
}

TEST_CASE("The list of types denies what is not in it, unless there is an alias") {
    CHECK(proves_no_type(middle, name("a.z."), type::cname));
    CHECK_FALSE(proves_no_type(middle, name("a.z."), type::txt));
    CHECK_FALSE(proves_no_type(last, name("p.z."), type::txt));
    CHECK_FALSE(proves_no_type(middle, name("c.d.z."), type::txt));
}

TEST_CASE("The parent's NSEC at a cut speaks of the DS and of nothing else") {
    CHECK(proves_no_type(cut, name("m.z."), type::ds));
    CHECK_FALSE(proves_no_type(cut, name("m.z."), type::txt));
    CHECK_FALSE(proves_no_name(both(cut, apex), name("x.m.z.")));
    CHECK(cut_at(cut, name("m.z.")) == Cut::insecure);
    CHECK(cut_at(middle, name("a.z.")) == Cut::none);
    CHECK(cut_at(middle, name("b.z.")) == Cut::none);
    CHECK(cut_at(apex, name("z.")) == Cut::unproven);
    CHECK(cut_at(apex, name("q.z.")) == Cut::unproven);
}

TEST_CASE("A wildcard's expansion needs the name itself to be denied") {
    CHECK(proves_expansion(middle, name("b.z."), 1));
    CHECK_FALSE(proves_expansion(middle, name("d.z."), 1));
    CHECK_FALSE(proves_expansion(last, name("b.z."), 1));
}

TEST_CASE("NSEC records that are cut short prove nothing") {
    for (std::size_t size = 0; size < middle.front().rdata.size(); ++size) {
        lab::Records mangled = middle;
        mangled.front().rdata.resize(size);
        CHECK_FALSE(proves_no_name(both(mangled, {}), name("b.z.")));
        proves_no_type(mangled, name("a.z."), type::cname);
    }
}

}  // namespace custdkim::lab::test
