#include "activation/candidate_names.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "dns/customer_domain.hpp"

namespace custdkim::activation {

using dns::Name;

namespace {

constexpr std::size_t most_candidates = 96;

class List {
  public:
    explicit List(const Name& right) { seen_.insert(right); }

    void add(const std::string& cause, const std::string& name) {
        const auto parsed = Name::parse(name);
        if (!parsed || candidates_.size() >= most_candidates || !seen_.insert(*parsed).second) return;
        candidates_.push_back({cause, *parsed});
    }
    std::vector<CandidateName> take() { return std::move(candidates_); }

  private:
    std::vector<CandidateName> candidates_;
    std::set<Name> seen_;
};

// Characters that cannot be seen, or look like others, as documents bring them along (UTF-8).
constexpr std::array<std::string_view, 5> invisible{R"(\226\128\139)", R"(\194\160)", R"(\239\187\191)",
                                                    R"(\226\128\140)", R"(\032)"};

// One slip of the finger: what is typed twice, left out, or stands beside it on the keyboard or to the eye.
std::vector<std::string> slips(const std::string& word) {
    std::vector<std::string> found;
    for (const auto& [from, to] : {std::pair{'0', 'o'},
                                   {'o', '0'},
                                   {'1', 'l'},
                                   {'l', '1'},
                                   {'-', '_'},
                                   {'_', '-'},
                                   {'1', 'i'},
                                   {'i', '1'},
                                   {'1', '2'},
                                   {'2', '1'}}) {
        for (std::size_t i = 0; i < word.size(); ++i) {
            if (word[i] != from) continue;
            found.push_back(word);
            found.back()[i] = to;
        }
    }
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word.size() > 1) found.push_back(word.substr(0, i) + word.substr(i + 1));
        found.push_back(word.substr(0, i) + word[i] + word.substr(i));
        if (i + 1 < word.size()) {
            found.push_back(word);
            std::swap(found.back()[i], found.back()[i + 1]);
        }
    }
    for (const char letter : std::string_view("xs012ae")) {
        found.push_back(word + letter);
        found.push_back(letter + word);
    }
    return found;
}

void add_other_levels(List& list, const std::string& selector, const Name& domain, const Name& zone) {
    for (std::string_view above = dns::parent(domain.text());
         above.find('.') != std::string_view::npos || above == zone.text(); above = dns::parent(above)) {
        if (above.empty()) break;
        list.add("wrong-level", selector + "._domainkey." + std::string(above));
        if (above == zone.text()) break;
    }
    for (const char* const below : {"mail", "www", "email", "em", "send", "bounce", "news", "mg", "smtp"}) {
        list.add("wrong-level", selector + "._domainkey." + below + "." + domain.text());
    }
}

}  // namespace

std::vector<CandidateName> candidate_names(const std::string& selector, const Name& domain,
                                           const Name& zone) {
    const std::string& at = domain.text();
    const std::string owner = selector + "._domainkey." + at;
    const auto right = Name::parse(owner);
    List list(right ? *right : Name());
    list.add("doubled-domain", owner + "." + at);
    list.add("doubled-domain", owner + "." + zone.text());
    list.add("underscore-missing", selector + ".domainkey." + at);
    list.add("underscore-missing", selector + ".-domainkey." + at);
    list.add("underscore-missing", selector + "_domainkey." + at);
    list.add("underscore-missing", selector + "domainkey." + at);
    list.add("underscore-missing", "_" + selector + ".domainkey." + at);
    list.add("domainkey-typo", selector + "._domainkeys." + at);
    list.add("domainkey-typo", selector + "._domain-key." + at);
    list.add("domainkey-typo", selector + "._domain_key." + at);
    list.add("domainkey-typo", selector + "._domain." + at);
    list.add("domainkey-typo", selector + "._domiankey." + at);
    list.add("domainkey-typo", selector + ".dkim." + at);
    list.add("domainkey-typo", selector + "._dkim." + at);
    list.add("domainkey-missing", selector + "." + at);
    list.add("labels-reversed", "_domainkey." + selector + "." + at);
    list.add("labels-reversed", "_domainkey." + at);
    for (const std::string_view stray : invisible) {
        list.add("not-ascii-name", std::string(stray) + owner);
        list.add("not-ascii-name", selector + std::string(stray) + "._domainkey." + at);
    }
    if (dns::to_unicode(domain) != at) {
        list.add("not-ascii-name", selector + "._domainkey." + dns::to_unicode(domain));
    }
    for (const char* const label : {"dkim", "www", "mail", "key", "default", "_domainkey", "cname"}) {
        list.add("one-label-too-deep", label + ("." + owner));
    }
    list.add("one-label-too-deep", selector + "." + owner);
    add_other_levels(list, selector, domain, zone);
    for (const std::string& slip : slips(selector)) list.add("selector-typo", slip + "._domainkey." + at);
    for (const char* const usual : {"default", "default2", "selector1", "selector2", "s1", "s2", "dkim",
                                    "dkim1", "dkim2", "k1", "k2", "mail", "key1", "key2", "google"}) {
        list.add("other-selector", usual + ("._domainkey." + at));
    }
    return list.take();
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t k = 0; k <= b.size(); ++k) {
            if (i == 0 || k == 0) {
                cost[i][k] = i + k;
                continue;
            }
            const std::size_t exchange = a[i - 1] == b[k - 1] ? 0 : 1;
            cost[i][k] = std::min({cost[i - 1][k] + 1, cost[i][k - 1] + 1, cost[i - 1][k - 1] + exchange});
            const bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
            if (swapped) cost[i][k] = std::min(cost[i][k], cost[i - 2][k - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace custdkim::activation
