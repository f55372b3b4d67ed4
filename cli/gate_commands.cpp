// `custdkim key verify` and `key activate`: what the looks found, and waiting until it is as it should be.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/time.hpp"
#include "cli/key_commands.hpp"
#include "cli/key_text.hpp"
#include "cli/outcome.hpp"
#include "cli/reply.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

using Steady = std::chrono::steady_clock;

// One look of the service.
struct GateLook {
    Reply reply;
    ordered_json findings = ordered_json::array();
    int exit = Exit::done;
    bool may_change = false;  // by the customer's DNS: worth another look
};

bool service_answered(const Reply& reply) { return reply.document || reply.refusal.is_object(); }

// Whatever could not be told now may be told later, but for a service that is not there at all.
GateLook gate_look(Reply reply) {
    GateLook look;
    look.exit = reply.exit;
    if (reply.document) {
        look.findings = findings_of(*reply.document);
    } else if (const auto found = reply.refusal.find("findings"); found != reply.refusal.end()) {
        look.findings = *found;
    }
    look.may_change =
        !reply.document && service_answered(reply) && (!look.findings.empty() || reply.exit == Exit::unknown);
    look.reply = std::move(reply);
    return look;
}

std::string verb_path(const KeyOptions& options, const std::string& verb) {
    return "/v1/keys/" + encode_segment(options.id) + "/" + verb;
}

// Exit code 1 unless all slots passed: it is a question.
GateLook verify_once(const KeyOptions& options) {
    GateLook look = gate_look(ask(options.access, "POST", verb_path(options, "verify")));
    if (!look.reply.document) return look;
    for (const auto& finding : look.findings) {
        const std::string outcome = finding.at("outcome").get<std::string>();
        if (outcome == "fail") look.exit = Exit::no;
        if (outcome == "unknown" && look.exit == Exit::done) look.exit = Exit::unknown;
    }
    look.may_change = look.exit != Exit::done;
    return look;
}

GateLook activate_once(const KeyOptions& options) {
    ordered_json terms = ordered_json::object();
    if (options.force) terms = {{"force", true}, {"reason", options.reason}};
    return gate_look(
        ask(options.access, "POST", verb_path(options, "activate"), terms.dump(-1, ' ', false, lenient)));
}

// One line on stderr for each slot of which something else was found than before; `told` is by name what was.
void tell_changes(const GateLook& look, std::map<std::string, std::string>& told) {
    const auto tell = [&told](const std::string& name, const std::string& what, const std::string& line) {
        if (const auto before = told.find(name); before != told.end() && before->second == what) return;
        told[name] = what;
        std::cerr << "custdkim: " << line << std::endl;
    };
    for (const auto& finding : look.findings) {
        tell(finding.at("name").get<std::string>(), finding.at("outcome").dump() + finding.at("cause").dump(),
             finding_line(finding));
    }
    if (look.findings.empty()) tell("", look.reply.sentence, look.reply.sentence);
}

GateLook wrong_usage(const Error& error) {
    GateLook look;
    look.exit = look.reply.exit = Exit::wrong;
    look.reply.sentence = error.detail;
    return look;
}

// Looks once; or, with --wait, until all is well or the time is over.
GateLook look_until(const KeyOptions& options, const std::function<GateLook()>& look_once) {
    if (options.wait.empty()) return look_once();
    const auto longest = parse_duration(options.wait), poll = parse_duration(options.poll);
    if (!longest || !poll) return wrong_usage(longest ? poll.error() : longest.error());
    constexpr int slowest = 6;  // times the first pause: 10 s grow to a minute
    const auto begun = Steady::now();
    std::map<std::string, std::string> told;
    for (int pace = 1;; pace = std::min(2 * pace, slowest)) {
        GateLook look = look_once();
        if (!look.may_change) return look;
        tell_changes(look, told);
        Steady::duration pause = *poll * pace;
        if (*longest != Duration(0)) {
            const Steady::duration left = begun + *longest - Steady::now();
            if (left <= Steady::duration(0)) return look;
            pause = std::min(pause, left);
        }
        std::this_thread::sleep_for(pause);
    }
}

// Of one that did not end well: the findings on stdout, as the answer to the question. The evidence is
// `verify`'s.
int show_refusal(const KeyOptions& options, const GateLook& look) {
    if (!options.json && !look.findings.empty()) {
        std::cout << findings_text(look.findings, Evidence::left_out) << std::flush;
    }
    return refuse(look.reply, options.json);
}

}  // namespace

int verify_key(const KeyOptions& options) {
    const GateLook look = look_until(options, [&] { return verify_once(options); });
    if (!look.reply.document) return show_refusal(options, look);
    if (options.json) {
        print_json(*look.reply.document);
    } else {
        std::cout << findings_text(look.findings, Evidence::shown) << std::flush;
    }
    return look.exit;
}

int activate_key(const KeyOptions& options) {
    const GateLook look = look_until(options, [&] { return activate_once(options); });
    if (!look.reply.document) return show_refusal(options, look);
    if (!options.json) {
        std::cout << "The key of " << look.reply.document->at("domain").get<std::string>()
                  << " is active: it signs.\n\n";
    }
    print_key(options, *look.reply.document);
    return Exit::done;
}

}  // namespace custdkim::cli
