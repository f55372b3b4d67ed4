#include "lab/simulation/lab_policy.hpp"

#include <toml++/toml.h>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

namespace custdkim::lab {

namespace {

using Setter = std::function<Result<void>(const toml::node&)>;
using Table = std::map<std::string, Setter, std::less<>>;

Result<std::string> text_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    return invalid("must be a string, in quotes");
}

Setter text(std::string& into) {
    return [&into](const toml::node& node) -> Result<void> {
        auto read = text_of(node);
        if (!read) return read.error();
        into = std::move(*read);
        return {};
    };
}

template <typename T>
Setter parsed(T& into, Result<T> (*parse)(std::string_view)) {
    return [&into, parse](const toml::node& node) -> Result<void> {
        const auto read = text_of(node);
        if (!read) return read.error();
        const auto value = parse(*read);
        if (!value) return value.error();
        into = *value;
        return {};
    };
}

Setter duration(Duration& into) { return parsed<Duration>(into, parse_duration); }

Setter duration(std::optional<Duration>& into) {
    return [&into](const toml::node& node) {
        Duration value{};
        const auto read = duration(value)(node);
        if (read) into = value;
        return read;
    };
}

Setter yes_or_no(bool& into) {
    return [&into](const toml::node& node) -> Result<void> {
        const auto value = node.value_exact<bool>();
        if (!value) return invalid("must be true or false");
        into = *value;
        return {};
    };
}

Setter two_or_three(unsigned& into) {
    return [&into](const toml::node& node) -> Result<void> {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 2 || *value > 3) return invalid("must be 2 or 3");
        into = static_cast<unsigned>(*value);
        return {};
    };
}

Setter number_of_looks(unsigned& into) {
    return [&into](const toml::node& node) -> Result<void> {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 1 || *value > 100) return invalid("must be from 1 to 100");
        into = static_cast<unsigned>(*value);
        return {};
    };
}

Table rotation_table(RotationPolicy& policy) {
    return {{"interval", duration(policy.interval)},
            {"prepublish", duration(policy.prepublish)},
            {"retention", duration(policy.retention)},
            {"jitter", duration(policy.jitter)},
            {"slots", two_or_three(policy.slots)},
            {"alternate_at_creation", parsed(policy.alternate_at_creation, parse_alternate_at_creation)},
            {"retired", parsed(policy.retired, parse_retired_record)},
            {"destroy_private_key_after", duration(policy.destroy_private_key_after)},
            {"revoke_compromised", yes_or_no(policy.revoke_compromised)},
            {"verified_within", duration(policy.verified_within)},
            {"recheck", duration(policy.recheck)},
            {"watch", duration(policy.watch)},
            {"failing_looks", number_of_looks(policy.failing_looks)},
            {"failing_for", duration(policy.failing_for)},
            {"max_hold", duration(policy.max_hold)},
            {"after_max_hold", parsed(policy.after_max_hold, parse_after_max_hold)},
            {"ttl", duration(policy.ttl)},
            {"negative_ttl", duration(policy.negative_ttl)},
            {"customer_negative_ttl", duration(policy.customer_negative_ttl)},
            {"stale", duration(policy.stale)},
            {"transit", duration(policy.transit)}};
}

Table peer_table(PeerPolicy& peer) {
    return {{"interval", duration(peer.interval)},
            {"lead", duration(peer.lead)},
            {"looks_at_name_servers", yes_or_no(peer.looks_at_name_servers)},
            {"looks_at_customer", yes_or_no(peer.looks_at_customer)},
            {"in_place", yes_or_no(peer.in_place)},
            {"withdraw_after", duration(peer.withdraw_after)},
            {"co_signs_for", duration(peer.co_signs_for)}};
}

Error problem(const std::string& name, std::uint32_t line, const std::string& what) {
    return invalid(name + ":" + std::to_string(line) + ": " + what);
}

Result<void> read_table(const toml::table& from, const Table& table, const std::string& name) {
    for (const auto& [key, node] : from) {
        const auto setter = table.find(key.str());
        const std::string word(key.str());
        if (setter == table.end())
            return problem(name, key.source().begin.line, "'" + word + "' is not known here");
        if (const auto set = setter->second(node); !set) {
            if (node.is_table()) return set.error();  // has a line already
            return problem(name, key.source().begin.line, word + " " + set.error().detail);
        }
    }
    return {};
}

Setter section(const Table& table, const std::string& name) {
    return [table, name](const toml::node& node) -> Result<void> {
        if (const auto* const inner = node.as_table()) return read_table(*inner, table, name);
        return invalid("must be a table");
    };
}

}  // namespace

Result<LabPolicy> parse_lab_policy(std::string_view document, const std::string& name) {
    LabPolicy policy;
    policy.title = name;
    PeerPolicy peer;
    try {
        const toml::table parsed_document = toml::parse(document, name);
        const Table top{{"title", text(policy.title)},
                        {"source", text(policy.source)},
                        {"rotation", section(rotation_table(policy.rotation), name)},
                        {"peer", section(peer_table(peer), name)}};
        if (const auto read = read_table(parsed_document, top, name); !read) return read.error();
        if (parsed_document.contains("peer")) {
            policy.peer = peer;
            policy.rotation.interval = peer.interval;
            policy.rotation.retention = peer.withdraw_after.value_or(peer.interval);
        }
    } catch (const toml::parse_error& error) {
        return problem(name, error.source().begin.line, std::string(error.description()));
    }
    return policy;
}

Result<LabPolicy> read_lab_policy(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text_of_file;
    text_of_file << in.rdbuf();
    if (!in)
        return invalid(file.string() +
                       " cannot be read; give a policy file like those in lab/simulation/policies");
    return parse_lab_policy(text_of_file.str(), file.string());
}

}  // namespace custdkim::lab
