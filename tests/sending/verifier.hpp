// A verifier: libopendkim again, from its other side, with key records that a test hands in instead of the
// DNS.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keys/key_record.hpp"
#include "sending/opendkim.hpp"
#include "tests/support/fixture_pairs.hpp"

namespace custdkim::test {

// The texts of key records, by their names: "s1._domainkey.acme.example".
using KeyRecords = std::map<std::string, std::string>;

inline KeyRecords record_of(const KeyPair& pair, const std::string& domain, const std::string& selector) {
    return {{selector + "._domainkey." + domain, key_record_text(pair.type, pair.public_key)}};
}

inline DKIM_CBSTAT look_up(DKIM* handle, DKIM_SIGINFO* signature, unsigned char* into, std::size_t size) {
    const auto& records = *static_cast<const KeyRecords*>(dkim_get_user_context(handle));
    const auto* const selector = reinterpret_cast<const char*>(dkim_sig_getselector(signature));
    const auto* const domain = reinterpret_cast<const char*>(dkim_sig_getdomain(signature));
    const auto found = records.find(std::string(selector) + "._domainkey." + domain);
    if (found == records.end()) return DKIM_CBSTAT_NOTFOUND;
    if (found->second.size() >= size) return DKIM_CBSTAT_ERROR;
    std::memcpy(into, found->second.c_str(), found->second.size() + 1);
    return DKIM_CBSTAT_CONTINUE;
}

// "pass", or what is wrong. Lines of `message` end in CRLF.
inline std::string verify(const std::string& message, const KeyRecords& records) {
    const std::unique_ptr<DKIM_LIB, decltype(&dkim_close)> library(dkim_init(nullptr, nullptr), &dkim_close);
    dkim_set_key_lookup(library.get(), look_up);
    DKIM_STAT status = DKIM_STAT_OK;
    unsigned char id[] = "test";
    const std::unique_ptr<DKIM, decltype(&dkim_free)> handle(dkim_verify(library.get(), id, nullptr, &status),
                                                             &dkim_free);
    dkim_set_user_context(handle.get(), const_cast<KeyRecords*>(&records));
    std::string text = message;
    status = dkim_chunk(handle.get(), reinterpret_cast<unsigned char*>(text.data()), text.size());
    if (status == DKIM_STAT_OK) status = dkim_chunk(handle.get(), nullptr, 0);
    if (status == DKIM_STAT_OK) status = dkim_eom(handle.get(), nullptr);
    if (status == DKIM_STAT_OK) return "pass";
    if (const auto* const signature = dkim_getsignature(handle.get())) {
        return dkim_sig_geterrorstr(dkim_sig_geterror(const_cast<DKIM_SIGINFO*>(signature)));
    }
    return dkim_getresultstr(status);
}

using Verdicts = std::vector<std::string>;

// Where the header field ends that begins at `at`.
inline std::size_t end_of_field(const std::string& message, std::size_t at) {
    do {
        at = message.find("\r\n", at) + 2;
    } while (message[at] == ' ' || message[at] == '\t');
    return at;
}

// The same for each signature in front of the message by itself, in their order.
inline Verdicts verify_each(const std::string& message, const KeyRecords& records) {
    std::vector<std::string> fields;
    std::size_t at = 0;
    while (message.compare(at, sizeof(DKIM_SIGNHEADER), DKIM_SIGNHEADER ":") == 0) {
        const std::size_t end = end_of_field(message, at);
        fields.push_back(message.substr(at, end - at));
        at = end;
    }
    Verdicts verdicts;
    for (const std::string& field : fields) verdicts.push_back(verify(field + message.substr(at), records));
    return verdicts;
}

}  // namespace custdkim::test
