// Asks questions as the service does, for recursion_test.py and tests/bench/looks.py:
//
//     resolve [--root-hints FILE] [--trust-anchor FILE] [--forward ADDR:PORT]... [--allow CIDR]...
//             [--deadline MILLISECONDS]
//
// Each line of stdin is "NAME TYPE [unchecked]", or several of them with "+" between: those are asked at the
// same time. Each answer is a line: RCODE, the milliseconds that it took, security, why it is bogus, and the
// records as "OWNER TYPE CONTENT", with tabs between; or "error", the milliseconds, and what is wrong.
#include <chrono>
#include <future>
#include <iostream>
#include <map>
#include <sstream>

#include "dns/recursive_resolver.hpp"

using namespace custdkim;

namespace {

const std::map<std::string, dns::QuestionType> types{
    {"A", dns::QuestionType::a},         {"NS", dns::QuestionType::ns},
    {"CNAME", dns::QuestionType::cname}, {"TXT", dns::QuestionType::txt},
    {"SOA", dns::QuestionType::soa},     {"AAAA", dns::QuestionType::aaaa},
    {"DS", dns::QuestionType::ds},       {"DNSKEY", dns::QuestionType::dnskey}};

Result<dns::RecursionSettings> read_options(const std::vector<std::string>& arguments) {
    dns::RecursionSettings settings;
    std::vector<std::string> allow;
    for (std::size_t at = 0; at + 1 < arguments.size(); at += 2) {
        const std::string& option = arguments[at];
        const std::string& value = arguments[at + 1];
        if (option == "--root-hints") settings.root_hints = value;
        if (option == "--trust-anchor") settings.trust_anchor = value;
        if (option == "--allow") allow.push_back(value);
        if (option == "--deadline") settings.deadline = std::chrono::milliseconds(std::stoi(value));
        if (option == "--forward") {
            settings.forwarders.push_back(dns::parse_server_address(value, 53).value());
        }
    }
    auto policy = dns::AddressPolicy::make(allow);
    if (!policy) return policy.error();
    settings.addresses = std::move(*policy);
    return settings;
}

std::string security_of(const dns::Answer& answer) {
    switch (answer.security) {
        case dns::Security::secure: return "secure";
        case dns::Security::insecure: return "insecure";
        case dns::Security::bogus: return "bogus";
        case dns::Security::unchecked: break;
    }
    return "unchecked";
}

std::string to_line(const dns::Answer& answer, long milliseconds) {
    std::ostringstream line;
    line << dns::rcode_name(answer.rcode) << '\t' << milliseconds << '\t' << security_of(answer) << '\t'
         << answer.why_bogus;
    for (const dns::Alias& alias : answer.aliases) {
        line << '\t' << alias.owner.text() << (alias.of_names_below ? " DNAME " : " CNAME ")
             << alias.target.text();
    }
    for (const dns::Text& text : answer.all_texts) line << '\t' << text.owner.text() << " TXT " << text.text;
    if (answer.truncated) line << "\ttruncated";
    return line.str();
}

std::string ask(dns::Resolver& resolver, const std::string& order) {
    std::istringstream words(order);
    std::string name, type, how;
    words >> name >> type >> how;
    const auto parsed = dns::Name::parse(name).value();
    const auto start = std::chrono::steady_clock::now();
    const auto answer = how == "unchecked" ? resolver.ask_unchecked(parsed, types.at(type))
                                           : resolver.ask(parsed, types.at(type));
    const auto took = std::chrono::steady_clock::now() - start;
    const long milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    if (answer) return to_line(*answer, milliseconds);
    return "error\t" + std::to_string(milliseconds) + "\t" + answer.error().detail;
}

}  // namespace

int main(int argc, char** argv) {
    const auto settings = read_options({argv + 1, argv + argc});
    if (!settings) {
        std::cerr << settings.error().detail << "\n";
        return 2;
    }
    const auto resolver = dns::RecursiveResolver::make(*settings);
    if (!resolver) {
        std::cerr << resolver.error().detail << "\n";
        return 2;
    }
    for (std::string line; std::getline(std::cin, line);) {
        std::vector<std::future<std::string>> answers;
        std::istringstream orders(line);
        for (std::string order; std::getline(orders, order, '+');) {
            answers.push_back(std::async(std::launch::async, [&, order] { return ask(**resolver, order); }));
        }
        for (auto& answer : answers) std::cout << answer.get() << std::endl;
    }
}
