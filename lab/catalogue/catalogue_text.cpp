#include "lab/catalogue/catalogue_text.hpp"

#include <algorithm>
#include <map>

#include "lab/catalogue/expected_text.hpp"
#include "lab/catalogue/words.hpp"

namespace custdkim::lab {

namespace {

constexpr std::string_view preface = R"(# Misconfigurations

<!-- made by: custdkim-lab misconfigurations --markdown -->

How customers get their two CNAMEs wrong, what the world then sees, and what they should be told; at the end,
what looks odd and is right. Each is a file in [lab/misconfigurations](../lab/misconfigurations/README.md), which
this page is made from.

The tables say what a resolver with an empty cache shows for the CNAME and the TXT at the primary selector's name
and at the alternate's, a row for each *flavour* where name servers differ; *right* is what it shows where all is
well. Where real resolvers differ, it is what Unbound shows without query-name minimisation. What stands in
braces is put in for each customer. The *cause* is what a finding says, and does not change. Where several causes
look alike from outside, the finding begins with the likeliest, and lists the others as candidates.
)";

std::string_view heading(Group group) {
    switch (group) {
        case Group::missing: return "Not there, or somewhere else";
        case Group::no_cname: return "Something other than a CNAME";
        case Group::text_instead: return "A TXT, and no CNAME";
        case Group::conflict: return "What may not stand together";
        case Group::wrong_target: return "The wrong target";
        case Group::servers: return "Name servers";
        case Group::dnssec: return "DNSSEC";
        case Group::timing: return "Matters of time";
        case Group::healthy: return "Unusual, and right";
    }
    return "";
}

std::string flavour_list(const Misconfiguration& of) {
    std::string list;
    for (const Flavour& flavour : of.flavours) list += (list.empty() ? "" : ", ") + flavour.id;
    return list;
}

std::string server_list(const Flavour& flavour) {
    std::string list;
    for (const RealServer server : flavour.servers)
        list += (list.empty() ? "" : ", ") + word_for(server_words, server);
    return list;
}

// A bar would end the cell, in code too.
std::string cell(const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
    return escaped;
}

std::string shown(const Expected& expected, const std::string& right) {
    const std::string text = to_text(expected);
    return text == right ? "right" : "`" + cell(text) + "`";
}

std::string row(const Flavour& flavour) {
    std::string line = "| " + flavour.id;
    for (const std::size_t slot : {std::size_t{0}, std::size_t{1}}) {
        const std::string digit = slot == 0 ? "1" : "2";
        const std::string alias = "NOERROR | CNAME {target" + digit + "}.";
        line += " | " + shown(flavour.expect.cname[slot], alias);
        line += " | " + shown(flavour.expect.txt[slot], alias + " | TXT {key" + digit + "}");
    }
    return line + " |\n";
}

// What is different with a warm cache, and what a flavour is.
std::string remarks(const Flavour& flavour) {
    std::string text;
    if (!flavour.title.empty()) {
        const std::string servers = server_list(flavour);
        text +=
            "- " + flavour.id + ": " + flavour.title + (servers.empty() ? "" : " (" + servers + ")") + ".\n";
    }
    const auto cached = [&text](const std::optional<Expected>& expected, const char* second,
                                const char* before) {
        if (!expected) return;
        text += std::string("- With the ") + before + " in its cache, a resolver shows for the " + second +
                ": `" + to_text(*expected) + "`.\n";
    };
    cached(flavour.expect.txt1_after_cname1, "TXT", "CNAME");
    cached(flavour.expect.cname1_after_txt1, "CNAME", "TXT");
    return text;
}

// " Seen from outside as `zone-not-loaded` (refused, frozen)." Flavours are named where they are not all.
std::string seen_as(const Misconfiguration& of) {
    std::map<std::string, std::string> flavours;  // by the sentence about them
    for (const Flavour& flavour : of.flavours) {
        const std::string& cause = of.seen_as_of(flavour);
        std::string sentence;
        if (of.is_harmless(flavour)) {
            sentence = "Does no harm by itself: the check passes, and warns";
        } else if (cause == "healthy") {
            sentence = "From outside all is well";
        } else if (cause != of.cause) {
            sentence = "Seen from outside it is `" + cause + "`, with this cause among the candidates";
        }
        std::string& list = flavours[sentence];
        list += (list.empty() ? "" : ", ") + flavour.id;
    }
    std::string text;
    for (const auto& [sentence, list] : flavours) {
        if (sentence.empty()) continue;
        text += " " + sentence + (flavours.size() > 1 ? " (" + list + ")." : ".");
    }
    return text;
}

std::string entry(const Misconfiguration& of) {
    std::string text = "\n### " + of.id + "\n\n**" + of.title + ".** " + of.did + "\n\n";
    text += "| flavour | CNAME | TXT | alternate CNAME | alternate TXT |\n|---|---|---|---|---|\n";
    std::string below;
    for (const Flavour& flavour : of.flavours) {
        text += row(flavour);
        below += remarks(flavour);
    }
    text += "\n";
    if (!below.empty()) text += below + "\n";
    if (!of.cause.empty()) {
        text += "Cause: `" + of.cause + "`." + seen_as(of) + " To do: " + of.fix + "\n\n";
    }
    if (!of.note.empty()) text += of.note + "\n\n";
    return text + "Source: " + of.source + ".\n";
}

std::string cause_table(const Catalogue& catalogue) {
    std::map<std::string, std::string> causes;
    for (const Misconfiguration& of : catalogue.all()) {
        if (of.cause.empty()) continue;
        std::string& ids = causes[of.cause];
        ids += (ids.empty() ? "[" : ", [") + of.id + "](#" + of.id + ")";
    }
    std::string text = "\n## Causes\n\n| cause | misconfigurations |\n|---|---|\n";
    for (const auto& [cause, ids] : causes) text += "| `" + cause + "` | " + ids + " |\n";
    return text;
}

}  // namespace

usage::Rows list_rows(const Catalogue& catalogue) {
    usage::Rows rows = {{{"ID", usage::Give::never}, "GROUP", "WHAT", {"FLAVOURS", usage::Give::first}}};
    for (const Misconfiguration& of : catalogue.all()) {
        rows.push_back({of.id, std::string(word_for(group_words, of.group)), of.title, flavour_list(of)});
    }
    return rows;
}

std::string list_markdown(const Catalogue& catalogue) {
    std::string text(preface);
    text += cause_table(catalogue);
    std::optional<Group> group;
    for (const Misconfiguration& of : catalogue.all()) {
        if (group != of.group) text += "\n## " + std::string(heading(of.group)) + "\n";
        group = of.group;
        text += entry(of);
    }
    return text;
}

}  // namespace custdkim::lab
