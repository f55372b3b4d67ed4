// The words of the files for the values of the enumerations, in both directions.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "lab/catalogue/misconfiguration.hpp"

namespace custdkim::lab {

template <typename T>
struct Word {
    std::string_view text;
    T value;
};

inline constexpr std::array group_words{Word<Group>{"missing", Group::missing},
                                        Word<Group>{"no-cname", Group::no_cname},
                                        Word<Group>{"text-instead", Group::text_instead},
                                        Word<Group>{"conflict", Group::conflict},
                                        Word<Group>{"wrong-target", Group::wrong_target},
                                        Word<Group>{"servers", Group::servers},
                                        Word<Group>{"dnssec", Group::dnssec},
                                        Word<Group>{"timing", Group::timing},
                                        Word<Group>{"healthy", Group::healthy}};

inline constexpr std::array serves_words{
    Word<Serves>{"as-written", Serves::as_written}, Word<Serves>{"servfail", Serves::servfail},
    Word<Serves>{"refused", Serves::refused}, Word<Serves>{"by-type", Serves::by_type},
    Word<Serves>{"before", Serves::before}};

inline constexpr std::array server_words{
    Word<RealServer>{"bind", RealServer::bind}, Word<RealServer>{"nsd", RealServer::nsd},
    Word<RealServer>{"knot", RealServer::knot}, Word<RealServer>{"powerdns", RealServer::powerdns}};

inline constexpr std::array answer_words{
    Word<FaultyAnswer>{"normal", FaultyAnswer::normal},
    Word<FaultyAnswer>{"drop", FaultyAnswer::drop},
    Word<FaultyAnswer>{"hang-up", FaultyAnswer::hang_up},
    Word<FaultyAnswer>{"servfail", FaultyAnswer::servfail},
    Word<FaultyAnswer>{"refused", FaultyAnswer::refused},
    Word<FaultyAnswer>{"notimp", FaultyAnswer::notimp},
    Word<FaultyAnswer>{"formerr", FaultyAnswer::formerr},
    Word<FaultyAnswer>{"nxdomain", FaultyAnswer::nxdomain},
    Word<FaultyAnswer>{"nodata", FaultyAnswer::nodata},
    Word<FaultyAnswer>{"badvers", FaultyAnswer::badvers},
    Word<FaultyAnswer>{"truncate", FaultyAnswer::truncate},
    Word<FaultyAnswer>{"upward-referral", FaultyAnswer::upward_referral}};

inline constexpr std::array mangle_words{Word<Mangle>{"none", Mangle::none},
                                         Word<Mangle>{"foreign-id", Mangle::foreign_id},
                                         Word<Mangle>{"no-question", Mangle::no_question},
                                         Word<Mangle>{"two-opts", Mangle::two_opts},
                                         Word<Mangle>{"bad-rdlength", Mangle::bad_rdlength},
                                         Word<Mangle>{"cut-in-record", Mangle::cut_in_record},
                                         Word<Mangle>{"wrong-owner", Mangle::wrong_owner},
                                         Word<Mangle>{"lower-case", Mangle::lower_case},
                                         Word<Mangle>{"no-edns", Mangle::no_edns}};

inline constexpr std::array dnssec_words{
    Word<DnssecFault>{"none", DnssecFault::none},
    Word<DnssecFault>{"expired", DnssecFault::expired},
    Word<DnssecFault>{"not-yet-valid", DnssecFault::not_yet_valid},
    Word<DnssecFault>{"ds-mismatch", DnssecFault::ds_mismatch},
    Word<DnssecFault>{"ds-without-signatures", DnssecFault::ds_without_signatures},
    Word<DnssecFault>{"altered-record", DnssecFault::altered_record},
    Word<DnssecFault>{"no-dnskey", DnssecFault::no_dnskey},
    Word<DnssecFault>{"no-nsec", DnssecFault::no_nsec},
    Word<DnssecFault>{"broken-nsec", DnssecFault::broken_nsec},
    Word<DnssecFault>{"record-added-by-hand", DnssecFault::record_added_by_hand},
    Word<DnssecFault>{"unknown-algorithm", DnssecFault::unknown_algorithm}};

template <typename T, std::size_t n>
std::optional<T> value_of(const std::array<Word<T>, n>& words, std::string_view text) {
    for (const Word<T>& word : words) {
        if (word.text == text) return word.value;
    }
    return std::nullopt;
}

template <typename T, std::size_t n>
std::string word_for(const std::array<Word<T>, n>& words, T value) {
    for (const Word<T>& word : words) {
        if (word.value == value) return std::string(word.text);
    }
    return "";
}

// "bind, nsd, knot"
template <typename T, std::size_t n>
std::string all_words(const std::array<Word<T>, n>& words) {
    std::string text;
    for (const Word<T>& word : words) text += (text.empty() ? "" : ", ") + std::string(word.text);
    return text;
}

}  // namespace custdkim::lab
