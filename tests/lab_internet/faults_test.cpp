#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

using Lines = std::vector<std::string>;

namespace {

const std::string owner = "sel1._domainkey.acme.example";

SmallInternet with(std::vector<ServerFault> faults) {
    Misconfiguration made = healthy();
    made.faults = std::move(faults);
    return SmallInternet({std::move(made)});
}

ServerFault answering(FaultyAnswer answer) {
    ServerFault fault;
    fault.answer = answer;
    return fault;
}

ServerFault mangling(Mangle mangle) {
    ServerFault fault;
    fault.mangle = mangle;
    return fault;
}

}  // namespace

TEST_CASE("a fault is silence, a hang-up or a response code") {
    SmallInternet dropping = with({answering(FaultyAnswer::drop)});
    dropping.set("healthy");
    CHECK(dropping.raw({owner}).kind == Reply::Kind::silence);
    SmallInternet hanging = with({answering(FaultyAnswer::hang_up)});
    hanging.set("healthy");
    CHECK(hanging.raw({owner}).kind == Reply::Kind::silence);
    Ask over_tcp{owner};
    over_tcp.transport = Transport::tcp;
    CHECK(hanging.raw(over_tcp).kind == Reply::Kind::hang_up);
    const std::map<FaultyAnswer, std::uint16_t> codes{
        {FaultyAnswer::servfail, rcode::servfail}, {FaultyAnswer::refused, rcode::refused},
        {FaultyAnswer::notimp, rcode::notimp},     {FaultyAnswer::formerr, rcode::formerr},
        {FaultyAnswer::badvers, rcode::badvers},   {FaultyAnswer::nxdomain, rcode::nxdomain},
        {FaultyAnswer::nodata, rcode::noerror}};
    for (const auto& [answer, code] : codes) {
        SmallInternet world = with({answering(answer)});
        world.set("healthy");
        const Message response = world.ask({owner});
        CHECK(response.rcode == code);
        CHECK(response.answer.empty());
        CHECK(response.edns);
        const bool negative = answer == FaultyAnswer::nxdomain || answer == FaultyAnswer::nodata;
        CHECK(response.authority.size() == (negative ? 1 : 0));
    }
}

TEST_CASE("a flavour's faults come first, and are gone with the records that they are about") {
    Misconfiguration made = healthy();
    made.flavours.front().faults = {answering(FaultyAnswer::refused)};
    made.faults = {answering(FaultyAnswer::notimp)};
    SmallInternet world({std::move(made)});
    world.set("healthy");
    CHECK(world.ask({owner}).rcode == rcode::refused);
    const auto domain = dns::Name::parse("acme.example").value();
    REQUIRE(world.internet.replace_zone(domain, "@ A 192.0.2.1\n").has_value());
    CHECK(world.ask({owner}).rcode == rcode::notimp);
}

TEST_CASE("a server that stumbles over EDNS answers without it") {
    ServerFault fault = answering(FaultyAnswer::formerr);
    fault.edns = true;
    SmallInternet world = with({fault});
    world.set("healthy");
    CHECK_FALSE(world.ask({owner}).edns);
    CHECK(world.ask({owner}).rcode == rcode::formerr);
    Ask plain{owner};
    plain.edns = false;
    CHECK(world.ask(plain).answer.size() == 1);
}

TEST_CASE("answers are truncated, or sent back to the root") {
    SmallInternet truncating = with({answering(FaultyAnswer::truncate)});
    truncating.set("healthy");
    CHECK(truncating.ask({owner}).truncated);
    CHECK(truncating.ask({owner}).answer.empty());
    SmallInternet upward = with({answering(FaultyAnswer::upward_referral)});
    upward.set("healthy");
    const Message referral = upward.ask({owner});
    CHECK_FALSE(referral.authoritative);
    CHECK(lines(referral.authority) == Lines{". 3600 NS a.lab-registry."});
    CHECK(lines(referral.additional) == Lines{"a.lab-registry. 3600 A 127.53.0.1"});
}

TEST_CASE("faults choose by server, name, type and transport; the first that fits is applied") {
    ServerFault one = answering(FaultyAnswer::servfail), two = answering(FaultyAnswer::refused),
                rest = answering(FaultyAnswer::notimp);
    one.servers = {2};
    one.name = "{owner1}";
    one.types = {"TXT"};
    two.tcp = true;
    rest.under = "_domainkey.{domain}";
    SmallInternet world = with({one, two, rest});
    world.set("healthy");
    CHECK(world.ask({owner}, "127.53.1.2").rcode == rcode::servfail);
    CHECK(world.ask({"SEL1._DOMAINKEY.ACME.EXAMPLE"}, "127.53.1.2").rcode == rcode::servfail);
    CHECK(world.ask({owner, type::cname}, "127.53.1.2").rcode == rcode::notimp);
    CHECK(world.ask({owner}).rcode == rcode::notimp);
    CHECK(world.ask({"x._domainkey.acme.example"}).rcode == rcode::notimp);
    CHECK(world.ask({"acme.example", type::a}).answer.size() == 1);
    Ask over_tcp{"acme.example", type::a};
    over_tcp.transport = Transport::tcp;
    CHECK(world.ask(over_tcp).rcode == rcode::refused);
}

TEST_CASE("a fault can hold for the first questions only, counted for each customer") {
    ServerFault fault = answering(FaultyAnswer::servfail);
    fault.nth = {1, 3};
    fault.types = {"TXT"};
    SmallInternet world = with({fault});
    world.set("healthy");
    REQUIRE(world.internet.set(key_of("other.example"), "healthy").has_value());
    const std::vector<std::uint16_t> expected{rcode::servfail, rcode::noerror, rcode::servfail,
                                              rcode::noerror};
    for (const std::uint16_t code : expected) {
        CHECK(world.ask({owner, type::cname}).rcode == rcode::noerror);
        CHECK(world.ask({owner}).rcode == code);
    }
    CHECK(world.ask({"sel1._domainkey.other.example"}, "127.53.2.1").rcode == rcode::servfail);
    world.set("healthy");
    CHECK(world.ask({owner}).rcode == rcode::servfail);
}

TEST_CASE("a fault comes and goes with the lab's clock") {
    ServerFault fault = answering(FaultyAnswer::servfail);
    fault.from = std::chrono::minutes(10);
    fault.until = std::chrono::hours(1);
    SmallInternet world = with({fault});
    world.set("healthy");
    CHECK(world.ask({owner}).rcode == rcode::noerror);
    world.clock.advance(std::chrono::minutes(10));
    CHECK(world.ask({owner}).rcode == rcode::servfail);
    world.clock.advance(std::chrono::minutes(50));
    CHECK(world.ask({owner}).rcode == rcode::noerror);
}

TEST_CASE("records stand in an answer as they are written, with any code") {
    ServerFault fault;
    fault.records = "{owner1}. TXT old\n{owner1}. 60 CNAME {target1}.\nx TXT here\n";
    fault.rcode = "NXDOMAIN";
    SmallInternet world = with({fault});
    world.set("healthy");
    const Message response = world.ask({owner});
    CHECK(response.rcode == rcode::nxdomain);
    CHECK(lines(response.answer) == Lines{owner + ". 300 TXT \"old\"",
                                          owner + ". 60 CNAME sel1.abc.keys.custdkim.net.",
                                          "x.acme.example. 300 TXT \"here\""});
}

TEST_CASE("a flattened name has the target's text, and its TTL counts down") {
    ServerFault fault;
    fault.flatten = "{target1}";
    SmallInternet world = with({fault});
    world.set("healthy");
    CHECK(lines(world.ask({owner}).answer) == Lines{owner + ". 300 TXT \"v=DKIM1; p=KEY1\""});
    world.key_zones.texts["sel1.abc.keys.custdkim.net."] = "v=DKIM1; p=NEW";
    world.clock.advance(std::chrono::seconds(100));
    CHECK(lines(world.ask({owner}).answer) == Lines{owner + ". 200 TXT \"v=DKIM1; p=KEY1\""});
    world.clock.advance(std::chrono::seconds(200));
    CHECK(lines(world.ask({owner}).answer) == Lines{owner + ". 300 TXT \"v=DKIM1; p=NEW\""});
    CHECK(world.ask({owner, type::cname}).answer.empty());
    CHECK(world.ask({owner, type::cname}).authority.size() == 1);
}

TEST_CASE("a delay is handed on") {
    ServerFault fault;
    fault.delay = std::chrono::seconds(3);
    SmallInternet world = with({fault});
    world.set("healthy");
    CHECK(world.raw({owner}).delay == std::chrono::seconds(3));
    CHECK(world.ask({owner}).answer.size() == 1);
}

TEST_CASE("messages are mangled in each of the known ways") {
    const auto octets = [](Mangle mangle) {
        SmallInternet world = with({mangling(mangle)});
        world.set("healthy");
        return world.raw({"SEL1._domainkey.acme.example", type::cname}).message;
    };
    const auto message = [&octets](Mangle mangle) { return parse_response(octets(mangle)).value(); };
    const Bytes whole = octets(Mangle::none);
    CHECK(parse_response(whole).value().id == 4711);
    CHECK(message(Mangle::foreign_id).id != 4711);
    CHECK(message(Mangle::no_question).questions.empty());
    CHECK(message(Mangle::no_question).answer.size() == 1);
    CHECK_FALSE(message(Mangle::no_edns).edns);
    CHECK(lines(message(Mangle::wrong_owner).answer).at(0).find("xEL1._domainkey.acme.example. ") == 0);
    CHECK(to_text(message(Mangle::lower_case).questions.at(0).name) == "sel1._domainkey.acme.example.");
    CHECK(to_text(message(Mangle::none).questions.at(0).name) == "SEL1._domainkey.acme.example.");
    CHECK(octets(Mangle::two_opts).size() == whole.size() + 11);
    CHECK(octets(Mangle::two_opts)[11] == 2);
    CHECK_FALSE(parse_response(octets(Mangle::bad_rdlength)).has_value());
    CHECK(octets(Mangle::bad_rdlength).size() == whole.size());
    CHECK_FALSE(parse_response(octets(Mangle::cut_in_record)).has_value());
    CHECK(octets(Mangle::cut_in_record).size() < whole.size());
}

TEST_CASE("a fault that cannot be read is refused") {
    ServerFault type, code, records, name;
    type.types = {"NONSENSE"};
    code.records = "x TXT y\n";
    code.rcode = "NONSENSE";
    records.records = "x A y\n";
    name.name = "{nonsense}";
    for (const ServerFault& fault : {type, code, records, name}) {
        SmallInternet world = with({ServerFault(), fault});
        const auto set = world.internet.set(key_of("acme.example"), "healthy");
        REQUIRE_FALSE(set.has_value());
        CHECK(set.error().code == Errc::invalid);
    }
}

}  // namespace custdkim::lab
