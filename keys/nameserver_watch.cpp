#include "keys/nameserver_watch.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>
#include <thread>

#include "base/log.hpp"
#include "keys/key_record.hpp"

namespace custdkim {

namespace {

constexpr std::size_t max_in_flight = 16;
constexpr Duration rest_of_silent_servers{15};
constexpr std::uint16_t no_error = 0;

// work(0) ... work(count - 1), some of them at the same time.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    const auto work_on = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::jthread> others;
    try {
        while (others.size() + 1 < std::min(count, max_in_flight)) others.emplace_back(work_on);
    } catch (const std::system_error&) {
        // No more threads to be had: those that are there will do.
    }
    work_on();
}

// "" if the answer speaks for the zone; otherwise what is wrong with it.
std::string lack_of_authority(const dns::Answer& answer) {
    if (answer.rcode != no_error) return "answered " + dns::rcode_name(answer.rcode);
    if (!answer.authoritative) return "answered without authority";
    return {};
}

std::string trouble_with_soa(const dns::ServerAddress& server, const dns::Name& zone,
                             const Result<dns::Answer>& answer) {
    if (!answer) return answer.error().detail;
    std::string trouble = lack_of_authority(*answer);
    if (trouble.empty() && !answer->serial) trouble = "answered without a record";
    if (trouble.empty()) return {};
    return to_string(server) + ": " + trouble + " when asked for the SOA of " + zone.text();
}

// "" if this is the record; otherwise what the server said instead.
std::string difference(const dns::Answer& answer, const std::string& text) {
    if (std::string lack = lack_of_authority(answer); !lack.empty()) return lack;
    if (answer.texts.empty()) return "answered that there is no TXT";
    // RFC 6376 section 3.6.2.2: with several, a verifier may take any.
    if (answer.texts.size() > 1) return "has " + std::to_string(answer.texts.size()) + " TXT records";
    return answer.texts.front() == text ? "" : "has another TXT";
}

// Also says whether the server lags behind the others: where to look for the cause.
std::string with_serial(std::string said, std::size_t server, const std::vector<Serial>& serials) {
    Serial newest = serials[server];
    for (const Serial serial : serials) {
        if (is_newer(serial, newest)) newest = serial;
    }
    said += " at serial " + std::to_string(serials[server]);
    if (newest != serials[server]) said += ", where others are at " + std::to_string(newest);
    return said;
}

}  // namespace

NameserverWatch::NameserverWatch(Servers servers, Ask ask, const Clock& clock)
    : servers_(std::move(servers)), ask_(std::move(ask)), clock_(clock), breaker_(rest_of_silent_servers) {
    for (const auto& [zone, its_servers] : servers_) {
        if (!its_servers.empty()) continue;
        log_info("no visible_at configured for zone " + zone.text() + ": our own index counts");
    }
}

std::vector<Sighting> NameserverWatch::look(const std::vector<Wanted>& wanted) {
    const ZoneViews zones = look_at_zones(wanted);
    std::vector<Sighting> sightings(wanted.size());
    std::vector<std::size_t> first_inquiry(wanted.size());
    std::vector<Inquiry> inquiries;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        first_inquiry[i] = inquiries.size();
        sightings[i].missing = zones.at(wanted[i].key->zone).trouble;
        if (!sightings[i].missing.empty()) continue;
        const auto name = dns::Name::parse(record_name(*wanted[i].key, *wanted[i].slot));
        if (!name) sightings[i].missing = name.error().detail;
        if (!name) continue;
        for (const dns::ServerAddress& server : servers_.at(wanted[i].key->zone)) {
            inquiries.push_back({server, *name, dns::QuestionType::txt});
        }
    }
    ask_all(inquiries);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        Sighting& sighting = sightings[i];
        if (sighting.missing.empty()) {
            sighting.missing = what_is_missing(wanted[i], zones.at(wanted[i].key->zone),
                                               inquiries.data() + first_inquiry[i]);
        }
        sighting.visible = sighting.missing.empty();
    }
    return sightings;
}

NameserverWatch::ZoneViews NameserverWatch::look_at_zones(const std::vector<Wanted>& wanted) {
    ZoneViews zones;
    for (const Wanted& one : wanted) zones.try_emplace(one.key->zone);
    std::vector<Inquiry> inquiries;
    for (auto& [zone, view] : zones) {
        const auto found = servers_.find(zone);
        if (found == servers_.end()) {
            view.trouble = "the zone " + zone.text() + " is not configured";
            continue;
        }
        for (const dns::ServerAddress& server : found->second) {
            inquiries.push_back({server, zone, dns::QuestionType::soa});
        }
    }
    ask_all(inquiries);
    for (const Inquiry& inquiry : inquiries) {
        ZoneView& view = zones[inquiry.name];
        if (!view.trouble.empty()) continue;
        view.trouble = trouble_with_soa(inquiry.server, inquiry.name, inquiry.answer);
        if (view.trouble.empty()) view.serials.push_back(*inquiry.answer->serial);
    }
    return zones;
}

std::string NameserverWatch::what_is_missing(const Wanted& wanted, const ZoneView& zone,
                                             const Inquiry* inquiries) const {
    const std::string text = slot_record_text(*wanted.key, *wanted.slot);
    for (std::size_t server = 0; server < zone.serials.size(); ++server) {
        const Inquiry& inquiry = inquiries[server];
        if (!inquiry.answer) return inquiry.answer.error().detail;
        const std::string said = difference(*inquiry.answer, text);
        if (said.empty()) continue;
        return to_string(inquiry.server) + ": " + with_serial(said, server, zone.serials);
    }
    return {};
}

void NameserverWatch::ask_all(std::vector<Inquiry>& inquiries) {
    if (inquiries.empty()) return;
    const Duration uptime = clock_.read().uptime;
    in_parallel(inquiries.size(),
                [&](std::size_t i) { inquiries[i].answer = ask_one(inquiries[i], uptime); });
}

Result<dns::Answer> NameserverWatch::ask_one(const Inquiry& inquiry, Duration uptime) {
    if (const auto why = breaker_.resting(inquiry.server, uptime)) return Error{Errc::unavailable, *why};
    Result<dns::Answer> answer = Error{};
    try {
        answer = ask_(inquiry.server, inquiry.name, inquiry.type);
    } catch (const std::exception& e) {  // it would end the program in a thread of ours
        answer = Error{Errc::internal, to_string(inquiry.server) + ": " + e.what()};
    }
    if (answer) {
        breaker_.answered(inquiry.server);
    } else if (inquiry.type == dns::QuestionType::soa) {
        breaker_.rest(inquiry.server, answer.error().detail, clock_.read().uptime);
    } else {
        breaker_.failed(inquiry.server, answer.error().detail, clock_.read().uptime);
    }
    return answer;
}

}  // namespace custdkim
