#include "service/provider_files.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "dns/address_policy.hpp"
#include "service/nearest.hpp"

namespace custdkim {

namespace {

using activation::Provider;

const std::vector<std::string> words = {"name",    "sources",        "name_servers", "flattens",
                                        "proxies", "proxy_networks", "entering",     "hints"};

class ProviderReader {
  public:
    ProviderReader(const std::string& file, std::span<const std::string> causes)
        : file_(file), causes_(causes) {}

    Result<Provider> read(std::string_view text) {
        try {
            read_table(toml::parse(text, file_));
        } catch (const toml::parse_error& error) {
            complain(error.source(), std::string(error.description()));
        }
        if (problems_.empty()) return std::move(provider_);
        std::string all;
        for (const auto& [line, sentence] : problems_) all += (all.empty() ? "" : "\n") + sentence;
        return invalid(all);
    }

  private:
    void complain(const toml::source_region& where, const std::string& sentence) {
        const auto line = where.begin.line;
        problems_.emplace(line, file_ + ":" + std::to_string(line) + ": " + sentence);
    }

    void read_table(const toml::table& table) {
        for (const auto& [key, node] : table) {
            const std::string word(key.str());
            if (std::find(words.begin(), words.end(), word) != words.end()) continue;
            const auto meant = nearest(word, words);
            complain(key.source(),
                     "'" + word + "' is not known here" + (meant ? "; did you mean '" + *meant + "'?" : ""));
        }
        provider_.name = text_of(table, "name");
        provider_.entering = text_of(table, "entering");
        provider_.flattens = flag_of(table, "flattens");
        provider_.proxies = flag_of(table, "proxies");
        texts_of(table, "sources", true, [](const std::string& source) -> std::string {
            return source.starts_with("https://") ? "" : "is no address of a page: https://...";
        });
        texts_of(table, "name_servers", true, [this](const std::string& text) -> std::string {
            const auto name = dns::Name::parse(text);
            if (!name || name->label_count() < 2) return "is not what names of name servers end in";
            provider_.name_servers.push_back(*name);
            return "";
        });
        texts_of(table, "proxy_networks", provider_.proxies, [this](const std::string& text) -> std::string {
            if (!provider_.proxies) return "needs proxies = true";
            if (const auto fine = dns::check_network(text); !fine) return fine.error().detail;
            provider_.proxy_networks.push_back(text);
            return "";
        });
        read_hints(table);
    }

    // A sentence that people read: required, and not empty.
    std::string text_of(const toml::table& table, const char* word) {
        const toml::node* const node = table.get(word);
        if (!node) {
            complain(table.source(), "'" + std::string(word) + "' is missing");
            return "";
        }
        return sentence_of(*node, word);
    }

    std::string sentence_of(const toml::node& node, const std::string& word) {
        const auto text = node.value_exact<std::string>();
        if (!text || text->empty()) complain(node.source(), word + " must be a text");
        return text.value_or("");
    }

    bool flag_of(const toml::table& table, const char* word) {
        const toml::node* const node = table.get(word);
        if (!node) return false;
        const auto flag = node->value_exact<bool>();
        if (!flag) complain(node->source(), std::string(word) + " must be true or false");
        return flag.value_or(false);
    }

    // Each text goes to `take`, which says what is wrong with it, or nothing.
    template <typename Take>
    void texts_of(const toml::table& table, const char* word, bool is_required, const Take& take) {
        const toml::node* const node = table.get(word);
        const toml::array* const array = node ? node->as_array() : nullptr;
        if (node && !array) complain(node->source(), std::string(word) + " must be a list of texts");
        if (is_required && (!node || (array && array->empty())))
            complain(table.source(), "'" + std::string(word) + "' is missing");
        if (!array) return;
        for (const toml::node& element : *array) {
            const auto text = element.value_exact<std::string>();
            const std::string wrong = text ? take(*text) : "is not a text";
            if (wrong.empty()) continue;
            complain(element.source(),
                     std::string(word) + (text ? ": '" + *text + "' " : ": an element ") + wrong);
        }
    }

    void read_hints(const toml::table& table) {
        const toml::node* const node = table.get("hints");
        if (!node) return;
        const toml::table* const hints = node->as_table();
        if (!hints) return complain(node->source(), "hints must be a table: [hints]");
        for (const auto& [key, hint] : *hints) {
            const std::string cause(key.str());
            if (!causes_.empty() && std::find(causes_.begin(), causes_.end(), cause) == causes_.end()) {
                const auto meant = nearest(cause, causes_);
                complain(key.source(), "there is no cause '" + cause + "'" +
                                           (meant ? "; did you mean '" + *meant + "'?" : ""));
            }
            provider_.hints[cause] = sentence_of(hint, cause);
        }
    }

    const std::string& file_;
    const std::span<const std::string> causes_;
    Provider provider_;
    std::multimap<std::uint32_t, std::string> problems_;
};

}  // namespace

Result<Provider> read_provider(std::string_view text, const std::string& file,
                               std::span<const std::string> causes) {
    return ProviderReader(file, causes).read(text);
}

const std::vector<Provider>& known_providers() {
    static const std::vector<Provider> providers = [] {
        std::vector<Provider> all;
        for (const ProviderFile& file : provider_files()) {
            auto provider = read_provider(file.text, std::string(file.path));
            if (!provider) throw std::logic_error(provider.error().detail);  // a test reads them all
            all.push_back(std::move(*provider));
        }
        return all;
    }();
    return providers;
}

}  // namespace custdkim
