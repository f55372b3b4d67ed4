#include "lab/wire/ldns_types.hpp"
#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

using Lines = std::vector<std::string>;

namespace {

const std::string owner = "sel1._domainkey.acme.example";

Misconfiguration signed_zone(DnssecFault fault = DnssecFault::none, std::string added = "") {
    Misconfiguration made = healthy();
    made.dnssec = Signing{fault, std::move(added)};
    return made;
}

using Records = std::vector<ResourceRecord>;

Records of_type(const Records& section, std::uint16_t wanted) {
    Records found;
    for (const ResourceRecord& record : section) {
        if (record.type == wanted) found.push_back(record);
    }
    return found;
}

std::uint16_t covered_type(const ResourceRecord& rrsig) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(rrsig.rdata[0]) << 8 |
                                      static_cast<unsigned char>(rrsig.rdata[1]));
}

// By ldns: every RRset of the section that has a signature has one that holds at this time, and how many.
std::optional<int> verified(const Records& section, const Records& keys, Timestamp now) {
    const auto key_list = to_ldns(keys);
    int count = 0;
    for (const ResourceRecord& rrsig : of_type(section, type::rrsig)) {
        Records set;
        for (const ResourceRecord& record : section) {
            if (record.type == covered_type(rrsig) && record.owner == rrsig.owner) set.push_back(record);
        }
        const auto good = Ldns<ldns_rr_list>(ldns_rr_list_new());
        const auto signature = to_ldns(Records{rrsig});
        const auto records = to_ldns(set);
        const ldns_status status =
            ldns_verify_rrsig_keylist_time(records.get(), ldns_rr_list_rr(signature.get(), 0), key_list.get(),
                                           now.time_since_epoch().count(), good.get());
        while (ldns_rr_list_pop_rr(good.get())) {
        }
        if (set.empty() || status != LDNS_STATUS_OK) return std::nullopt;
        ++count;
    }
    return count;
}

class SignedInternet : public SmallInternet {
  public:
    explicit SignedInternet(Misconfiguration all) : SmallInternet({std::move(all)}) { set("healthy"); }

    Message secure(const std::string& name, std::uint16_t wanted, const std::string& server = "127.53.1.1") {
        Ask question{name, wanted};
        question.dnssec = true;
        question.transport = Transport::tcp;
        return ask(question, server);
    }
    Records keys(const std::string& zone, const std::string& server = "127.53.1.1") {
        return of_type(secure(zone, type::dnskey, server).answer, type::dnskey);
    }
    // Whether the DS at the zone's parent belongs to one of the keys.
    bool has_entry_point(const std::string& zone, const std::string& server,
                         const std::string& parents_server) {
        const Records ds = of_type(secure(zone, type::ds, parents_server).answer, type::ds);
        for (const ResourceRecord& key : keys(zone, server)) {
            const auto list = to_ldns(Records{key}), given = to_ldns(ds);
            const Ldns<ldns_rr> made(ldns_key_rr2ds(ldns_rr_list_rr(list.get(), 0), LDNS_SHA256));
            if (ldns_rr_list_contains_rr(given.get(), made.get())) return true;
        }
        return false;
    }
};

const std::string root = "127.53.0.1", top = "127.53.0.2", own = "127.53.1.1";

}  // namespace

TEST_CASE("the chain of trust reaches from the anchor to a signed customer's CNAME") {
    SignedInternet world(signed_zone());
    const Timestamp now = world.clock.now();
    const Records root_keys = world.keys(".", root);
    REQUIRE(root_keys.size() == 1);
    const auto anchor_key = to_ldns(root_keys);
    const Ldns<ldns_rr> anchor(ldns_key_rr2ds(ldns_rr_list_rr(anchor_key.get(), 0), LDNS_SHA256));
    CHECK(world.internet.trust_anchor() == ". 3600 IN DS " + rdata_text(from_ldns(anchor.get())) + "\n");
    CHECK(verified(world.secure(".", type::dnskey, root).answer, root_keys, now) == 1);

    const Message to_example = world.secure(owner, type::txt, root);
    CHECK(of_type(to_example.authority, type::ds).size() == 1);
    CHECK(verified(to_example.authority, root_keys, now) == 1);
    CHECK(world.has_entry_point("example", top, root));

    const Records example_keys = world.keys("example", top);
    const Message to_acme = world.secure(owner, type::txt, top);
    CHECK(of_type(to_acme.authority, type::ds).size() == 1);
    CHECK(verified(to_acme.authority, example_keys, now) == 1);
    CHECK(world.has_entry_point("acme.example", own, top));

    const Message answer = world.secure(owner, type::txt);
    CHECK(of_type(answer.answer, type::cname).size() == 1);
    CHECK(verified(answer.answer, world.keys("acme.example"), now) == 1);
}

TEST_CASE("who does not ask for signatures gets none") {
    SignedInternet world(signed_zone());
    for (const std::string& server : {root, top, own}) {
        for (const char* name : {"acme.example", "nothing.acme.example", "nowhere"}) {
            const Message response = world.ask({name, type::a}, server);
            for (const auto* section : {&response.answer, &response.authority}) {
                CHECK(of_type(*section, type::rrsig).empty());
                CHECK(of_type(*section, type::nsec).empty());
                CHECK(of_type(*section, type::ds).empty());
            }
        }
    }
}

TEST_CASE("an unsigned customer's delegation is proved to have no DS") {
    SignedInternet world(healthy());
    const Message referral = world.secure(owner, type::txt, top);
    CHECK(lines(of_type(referral.authority, type::nsec)) ==
          Lines{"acme.example. 30 NSEC \\000.acme.example. NS RRSIG NSEC "});
    CHECK(verified(referral.authority, world.keys("example", top), world.clock.now()) == 1);
    const Message ds = world.secure("acme.example", type::ds, top);
    CHECK(ds.authoritative);
    CHECK(ds.answer.empty());
    CHECK(verified(ds.authority, world.keys("example", top), world.clock.now()) == 2);
    CHECK(of_type(world.secure(owner, type::txt).answer, type::rrsig).empty());
}

TEST_CASE("root and top-level domains prove what is not there, and nothing else") {
    SignedInternet world(signed_zone());
    const Message absent = world.secure("x.y.nothing.example", type::a, top);
    CHECK(absent.rcode == rcode::nxdomain);
    CHECK(verified(absent.authority, world.keys("example", top), world.clock.now()) == 3);
    CHECK(lines(of_type(absent.authority, type::nsec)) ==
          Lines{"nothinf\\255.example. 30 NSEC nothing\\000.example. RRSIG NSEC ",
                "\\)\\255.example. 30 NSEC *\\000.example. RRSIG NSEC "});
    const Message domain = world.secure("nowhere", type::a, root);
    CHECK(verified(domain.authority, world.keys(".", root), world.clock.now()) == 3);
    const Message nodata = world.secure("example", type::txt, top);
    CHECK(verified(nodata.authority, world.keys("example", top), world.clock.now()) == 2);
    CHECK(lines(of_type(nodata.authority, type::nsec)) ==
          Lines{"example. 30 NSEC \\000.example. NS SOA RRSIG NSEC DNSKEY "});
}

TEST_CASE("odd labels are covered too") {
    SignedInternet world(signed_zone());
    for (const std::string& label :
         std::vector<std::string>{"[", "\\000", "a\\000", std::string(63, 'z'), "\\255", "*"}) {
        const Message absent = world.secure(label + ".example", type::a, top);
        CHECK(absent.rcode == rcode::nxdomain);
        CHECK(verified(absent.authority, world.keys("example", top), world.clock.now()));
        CHECK(of_type(absent.authority, type::nsec).size() >= 1);
    }
}

TEST_CASE("the longest names are denied like others") {
    SignedInternet world(signed_zone());
    const std::string label(63, 'x'),
        long_domain = label + "." + label + "." + label + "." + std::string(53, 'y');
    REQUIRE(world.internet.set(key_of(long_domain + ".example"), "healthy").error().code == Errc::invalid);
    REQUIRE(
        world.internet.set(key_of(std::string(20, 'y') + ".a." + label + "." + label + ".example"), "healthy")
            .has_value());
    for (const std::string& name :
         {"z." + label + "." + label + ".example",
          label + "." + label + "." + label + "." + std::string(53, 'z') + ".example",
          label + "." + label + "." + label + "." + std::string(61, 'z')}) {
        CHECK(world.secure(name, type::a, top).rcode ==
              (name.ends_with(".example") ? rcode::nxdomain : rcode::refused));
        CHECK(world.secure(name, type::a, root).rcode ==
              (name.ends_with(".example") ? rcode::noerror : rcode::nxdomain));
    }
}

TEST_CASE("a signed zone proves NODATA, NXDOMAIN and wildcards by its chain of NSEC") {
    Misconfiguration made = signed_zone();
    made.zone += "*.wild TXT w\nsub NS ns1.other.example.\nd DNAME keys\n";
    SignedInternet world(made);
    const Records keys = world.keys("acme.example");
    const Timestamp now = world.clock.now();
    const Message nodata = world.secure("acme.example", type::mx);
    CHECK(lines(of_type(nodata.authority, type::nsec)) ==
          Lines{"acme.example. 300 NSEC sel1._domainkey.acme.example. A NS SOA RRSIG NSEC DNSKEY "});
    CHECK(verified(nodata.authority, keys, now) == 2);
    const Message absent = world.secure("nothing.acme.example", type::a);
    CHECK(absent.rcode == rcode::nxdomain);
    CHECK(of_type(absent.authority, type::nsec).size() == 2);
    CHECK(verified(absent.authority, keys, now) == 3);
    const Message between = world.secure("_domainkey.acme.example", type::a);
    CHECK(between.rcode == rcode::noerror);
    CHECK(verified(between.authority, keys, now) == 2);
    const Message wild = world.secure("x.wild.acme.example", type::txt);
    CHECK(wild.answer.size() == 2);
    CHECK(verified(wild.answer, keys, now) == 1);
    CHECK(verified(wild.authority, keys, now) == 1);
    const Message referral = world.secure("x.sub.acme.example", type::a);
    CHECK(lines(of_type(referral.authority, type::nsec)).at(0).find(" NS RRSIG NSEC ") != std::string::npos);
    CHECK(verified(referral.authority, keys, now) == 1);
    CHECK(verified(world.secure("x.d.acme.example", type::txt).answer, keys, now) == 1);
}

TEST_CASE("what went wrong with signing can be seen") {
    const auto holds = [](SignedInternet& world, std::uint16_t wanted = type::cname) {
        return verified(world.secure(owner, wanted).answer, world.keys("acme.example"), world.clock.now());
    };
    SignedInternet expired(signed_zone(DnssecFault::expired));
    CHECK_FALSE(holds(expired));
    SignedInternet early(signed_zone(DnssecFault::not_yet_valid));
    CHECK_FALSE(holds(early));
    SignedInternet altered(signed_zone(DnssecFault::altered_record));
    CHECK_FALSE(holds(altered));
    CHECK(verified(altered.secure("sel2._domainkey.acme.example", type::cname).answer,
                   altered.keys("acme.example"), altered.clock.now()) == 1);
    SignedInternet mismatch(signed_zone(DnssecFault::ds_mismatch));
    CHECK(holds(mismatch));
    CHECK_FALSE(mismatch.has_entry_point("acme.example", own, top));
    SignedInternet unsigned_zone(signed_zone(DnssecFault::ds_without_signatures));
    CHECK(of_type(unsigned_zone.secure("acme.example", type::ds, top).answer, type::ds).size() == 1);
    CHECK(of_type(unsigned_zone.secure(owner, type::cname).answer, type::rrsig).empty());
    SignedInternet no_key(signed_zone(DnssecFault::no_dnskey));
    CHECK(no_key.keys("acme.example").empty());
    CHECK(of_type(no_key.secure(owner, type::cname).answer, type::rrsig).size() == 1);
    SignedInternet no_nsec(signed_zone(DnssecFault::no_nsec));
    CHECK(holds(no_nsec) == 1);
    CHECK(of_type(no_nsec.secure("nothing.acme.example", type::a).authority, type::nsec).empty());
    SignedInternet broken(signed_zone(DnssecFault::broken_nsec));
    CHECK(holds(broken) == 1);
    const Records denial = broken.secure("nothing.acme.example", type::a).authority;
    CHECK_FALSE(of_type(denial, type::nsec).empty());
    CHECK_FALSE(verified(denial, broken.keys("acme.example"), broken.clock.now()));
}

TEST_CASE("a record added by hand is served and denied") {
    SignedInternet world(
        signed_zone(DnssecFault::record_added_by_hand, "sel3._domainkey CNAME {target1}.\n"));
    const Message added = world.secure("sel3._domainkey.acme.example", type::cname);
    CHECK(added.answer.size() == 1);
    const Message denial = world.secure("sel2a._domainkey.acme.example", type::cname);
    CHECK(lines(of_type(denial.authority, type::nsec)).at(0) ==
          "sel2._domainkey.acme.example. 300 NSEC acme.example. CNAME RRSIG NSEC ");
}

TEST_CASE("a key of an unknown algorithm has a DS, a DNSKEY and signatures of that algorithm") {
    SignedInternet world(signed_zone(DnssecFault::unknown_algorithm));
    const Records ds = of_type(world.secure("acme.example", type::ds, top).answer, type::ds);
    REQUIRE(ds.size() == 1);
    CHECK(static_cast<int>(ds[0].rdata[2]) == 100);
    CHECK(static_cast<int>(world.keys("acme.example").at(0).rdata[3]) == 100);
    const auto signatures = of_type(world.secure(owner, type::cname).answer, type::rrsig);
    REQUIRE(signatures.size() == 1);
    CHECK(static_cast<int>(signatures[0].rdata[2]) == 100);
    CHECK(signatures[0].rdata.substr(16, 2) == ds[0].rdata.substr(0, 2));
    CHECK(world.has_entry_point("acme.example", own, top));
}

TEST_CASE("a signed customer's zone has its delegations of others' in its chain, while they are there") {
    SignedInternet world(signed_zone());
    const auto chained = [&world] {
        return lines(of_type(world.secure("f.acme.example", type::a).authority, type::nsec)).at(0);
    };
    CHECK(chained().find("sel2._domainkey.acme.example.") == 0);
    REQUIRE(world.internet.set(key_of("eu.acme.example"), "healthy").has_value());
    REQUIRE(world.internet.set(key_of("x.eu.acme.example"), "healthy").has_value());
    CHECK(chained() == "eu.acme.example. 300 NSEC acme.example. NS DS RRSIG NSEC ");
    const Message referral = world.secure("sel1._domainkey.eu.acme.example", type::txt);
    CHECK_FALSE(referral.authoritative);
    CHECK(of_type(referral.authority, type::ds).size() == 1);
    CHECK(verified(referral.authority, world.keys("acme.example"), world.clock.now()) == 1);
    CHECK(verified(world.secure("eu.acme.example", type::ds).answer, world.keys("acme.example"),
                   world.clock.now()) == 1);
    REQUIRE(world.internet.remove(dns::Name::parse("eu.acme.example").value()).has_value());
    CHECK(chained() == "x.eu.acme.example. 300 NSEC acme.example. NS DS RRSIG NSEC ");
    REQUIRE(world.internet.remove(dns::Name::parse("x.eu.acme.example").value()).has_value());
    CHECK(chained().find("sel2._domainkey.acme.example.") == 0);
}

TEST_CASE("a signed domain inside an unsigned one is delegated without DS") {
    Misconfiguration inner = signed_zone();
    inner.id = "signed";
    SmallInternet both({healthy(), inner});
    both.set("healthy");
    REQUIRE(both.internet.set(key_of("eu.acme.example"), "signed").has_value());
    Ask ds{"eu.acme.example", type::ds};
    ds.dnssec = true;
    CHECK(both.ask(ds).authoritative);
    CHECK(both.ask(ds).answer.empty());
    CHECK(both.ask(ds).authority.size() == 1);
}

TEST_CASE("a signed zone is exported with its signatures") {
    SignedInternet world(signed_zone());
    const auto text = world.internet.export_zone(dns::Name::parse("acme.example").value()).value();
    for (const char* word :
         {"acme.example. 3600 IN SOA ", " DNSKEY 257 3 13 ", " NSEC ", " RRSIG CNAME 13 4 "}) {
        CHECK(text.find(word) != std::string::npos);
    }
    CHECK(text.find("acme.example. 3600 IN SOA ") == 0);
}

TEST_CASE("without a signed root nothing above the customers is signed") {
    SmallInternet world({signed_zone()}, false);
    world.set("healthy");
    Ask ask{owner};
    ask.dnssec = true;
    for (const std::string& server : {root, top}) {
        const Message referral = world.ask(ask, server);
        CHECK(referral.authority.size() == of_type(referral.authority, type::ns).size());
    }
    ask = {"nowhere.example"};
    ask.dnssec = true;
    CHECK(world.ask(ask, top).authority.size() == 1);
}

}  // namespace custdkim::lab
