#include "backend/record_json.hpp"

namespace custdkim::backend {

// `ttl` and `auth` must be JSON numbers: PowerDNS reads a string as TTL 0 and `false` as 1. Its zone id comes
// from the SOA's `domain_id`.
void RecordJson::add(const RecordView& record) {
    std::string& out = reply_.text;
    out += first_ ? R"({"qtype":")" : R"(,{"qtype":")";
    first_ = false;
    out += record.type;
    out += R"(","qname":)";
    append_json_string(out, record.owner);
    out += R"(,"content":)";
    append_json_string(out, record.content);
    out += R"(,"ttl":)";
    append_number(out, record.ttl_seconds);
    out += R"(,"domain_id":)";
    append_number(out, domain_id_);
    out += record.is_authoritative ? R"(,"auth":1})" : R"(,"auth":0})";
}

}  // namespace custdkim::backend
