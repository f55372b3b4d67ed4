#include "lab/up/index_key_zones.hpp"

#include <algorithm>
#include <charconv>

namespace custdkim::lab {

namespace {

constexpr std::size_t least_udp_size = 512, most_udp_size = 1232, tcp_size = 65535;

// Records of one owner, in wire form.
class Gathered final : public RecordSink {
  public:
    explicit Gathered(WireName owner) : owner_(std::move(owner)) {}

    void add(const RecordView& record) override {
        exists = true;  // also an empty non-terminal
        const auto type = parse_type(record.type);
        if (!type) return;
        auto rdata = parse_rdata(*type, record.content);
        if (rdata) records.push_back({owner_, *type, record.ttl_seconds, std::move(*rdata)});
    }

    bool exists = false;
    std::vector<ResourceRecord> records;

  private:
    const WireName owner_;
};

// The SOA as negative answers have it: with the TTL that they are to be cached for (RFC 2308 section 3).
class NegativeSoa final : public RecordSink {
  public:
    explicit NegativeSoa(Gathered& into) : into_(into) {}

    void add(const RecordView& record) override {
        RecordView shorter = record;
        const std::string_view minimum = record.content.substr(record.content.rfind(' ') + 1);
        std::uint32_t seconds = 0;
        std::from_chars(minimum.data(), minimum.data() + minimum.size(), seconds);
        shorter.ttl_seconds = std::min(record.ttl_seconds, seconds);
        into_.add(shorter);
    }

  private:
    Gathered& into_;
};

void add_negative_soa(const ServedZone& zone, std::vector<ResourceRecord>& authority) {
    const auto apex = wire_name(zone.name().text());
    if (!apex) return;
    Gathered soa(*apex);
    NegativeSoa sink(soa);
    zone.lookup("", "SOA", sink);
    authority = std::move(soa.records);
}

void answer_from(const Zones& index, const Question& question, Message& answer) {
    const auto name = dns::Name::parse(to_text(question.name));
    if (!name) return;
    const auto match = index.match(name->text(), std::nullopt);
    if (!match) return;
    answer.rcode = rcode::noerror;
    answer.authoritative = true;
    Gathered all(question.name);
    match->zone->lookup(match->relative, "ANY", all);
    for (ResourceRecord& record : all.records) {
        if (question.type == type::any || record.type == question.type) {
            answer.answer.push_back(std::move(record));
        }
    }
    if (!all.exists) answer.rcode = rcode::nxdomain;
    if (answer.answer.empty()) add_negative_soa(*match->zone, answer.authority);
}

std::size_t limit_of(const Message& question, Transport transport) {
    if (transport == Transport::tcp) return tcp_size;
    if (!question.edns) return least_udp_size;
    return std::clamp<std::size_t>(question.edns->udp_size, least_udp_size, most_udp_size);
}

}  // namespace

void IndexKeyZones::serve(const Zones& index) {
    index_ = &index;
    index_.notify_all();
}

Reply IndexKeyZones::ask(const Message& question, Transport transport) {
    index_.wait(nullptr);
    Message answer = response_to(question, rcode::refused);
    if (question.questions.size() == 1) answer_from(*index_, question.questions.front(), answer);
    return {Reply::Kind::answer, write_message(answer, limit_of(question, transport)), {}};
}

}  // namespace custdkim::lab
