#include "dns/lane.hpp"

#include <unbound-event.h>
#include <unbound.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace custdkim::dns {

namespace {

constexpr int class_in = 1;

// What differs from libunbound's defaults, and what must not depend on them.
constexpr std::pair<const char*, const char*> options[] = {
    // A minimising resolver learns the CNAME from a question for A, and never sends the one for TXT.
    {"qname-minimisation:", "no"},
    // Nothing but answers to this question: nothing derived, fetched ahead or kept beyond its time.
    {"aggressive-nsec:", "no"},
    {"prefetch:", "no"},
    {"prefetch-key:", "no"},
    {"serve-expired:", "no"},
    {"trust-anchor-signaling:", "no"},
    {"root-key-sentinel:", "no"},
    {"harden-glue:", "yes"},
    {"harden-dnssec-stripped:", "yes"},
    {"harden-below-nxdomain:", "yes"},
    {"harden-referral-path:", "no"},
    {"use-caps-for-id:", "no"},
    {"rrset-roundrobin:", "no"},
    {"minimal-responses:", "no"},
    // Datagrams that need no fragments (RFC 9715).
    {"edns-buffer-size:", "1232"},
    // A lane has one thread, and questions by the dozen, not by the thousand.
    {"outgoing-range:", "256"},
    {"outgoing-num-tcp:", "16"},
    {"msg-cache-slabs:", "1"},
    {"rrset-cache-slabs:", "1"},
    {"infra-cache-slabs:", "1"},
    {"key-cache-slabs:", "1"},
    {"ratelimit-slabs:", "1"},
    {"ip-ratelimit-slabs:", "1"},
    {"msg-cache-size:", "2m"},
    {"rrset-cache-size:", "4m"},
    {"key-cache-size:", "1m"},
    {"neg-cache-size:", "256k"},
    // Which addresses may be asked is the policy's business alone.
    {"do-not-query-localhost:", "no"},
    // Names that libunbound would answer by itself (RFC 6303, 6761, 7686, 8375); that needs no list for the
    // reverse zones of private networks. The type "nodefault" is ignored here: it works in files only.
    {"unblock-lan-zones:", "yes"},
    {"local-zone:", "localhost. always_transparent"},
    {"local-zone:", "127.in-addr.arpa. always_transparent"},
    {"local-zone:",
     "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa. always_transparent"},
    {"local-zone:", "home.arpa. always_transparent"},
    {"local-zone:", "onion. always_transparent"},
    {"local-zone:", "test. always_transparent"},
    {"local-zone:", "invalid. always_transparent"},
};

// The first call that failed, as a sentence; "" if none did.
std::string configure(ub_ctx* context, const LaneSettings& settings) {
    std::string failed;
    const auto need = [&](int status, const std::string& what) {
        if (status != UB_NOERROR && failed.empty()) failed = what + ": " + ub_strerror(status);
    };
    for (const auto& option : options) {
        need(ub_ctx_set_option(context, option.first, option.second),
             std::string(option.first) + option.second);
    }
    for (const std::string& network : settings.forbidden_networks) {
        need(ub_ctx_set_option(context, "do-not-query-address:", network.c_str()), network);
    }
    for (const std::string& forwarder : settings.forwarders) {
        need(ub_ctx_set_fwd(context, forwarder.c_str()), forwarder);
    }
    // A stub for the root that is primed is what root hints are, without a file that may go away.
    for (const std::string& server : settings.root_servers) {
        need(ub_ctx_set_stub(context, ".", server.c_str(), 1), server);
    }
    for (const std::string& anchor : settings.trust_anchors) {
        need(ub_ctx_add_ta(context, anchor.c_str()), anchor);
    }
    return failed;
}

// We asked without DO, so to say: what proves the answer is left out (RFC 4035 section 3.2.1).
void drop_proofs(std::vector<Record>& records, const Question& question) {
    const auto is_proof = [](const Record& record) {
        return record.type == "RRSIG" || record.type == "NSEC" || record.type == "NSEC3";
    };
    if (question.type == QuestionType::any) return;
    records.erase(std::remove_if(records.begin(), records.end(), is_proof), records.end());
}

Result<Answer> read_packet(std::span<const std::uint8_t> packet, Question question) {
    if (packet.size() < 2) return Error{Errc::corrupt, "libunbound gave no answer"};
    question.id = static_cast<std::uint16_t>(packet[0] << 8 | packet[1]);
    auto answer = read_answer(packet, question);
    if (!answer) return answer.error();
    if (!*answer) return Error{Errc::corrupt, "libunbound answered another question"};
    for (auto* section : {&(*answer)->answer, &(*answer)->authority, &(*answer)->additional}) {
        drop_proofs(*section, question);
    }
    return std::move(**answer);
}

Answer servfail() {
    Answer answer;
    answer.rcode = 2;
    answer.recursion_available = true;
    return answer;
}

}  // namespace

Lane::Lane(event_base* base, const LaneSettings& settings)
    : context_(ub_ctx_create_event(base)), validates_(!settings.trust_anchors.empty()) {
    broken_ = context_ ? configure(context_, settings) : "no memory, or no random numbers";
}

Lane::~Lane() { ub_ctx_delete(context_); }

Error Lane::failure(const std::string& what) const {
    return {Errc::unavailable, "cannot look up with libunbound: " + what};
}

Result<int> Lane::ask(const Name& name, QuestionType type, Asker& asker) {
    if (!broken_.empty()) return failure(broken_);
    asker.question_ = {name, type};
    asker.validates_ = validates_;
    int number = 0;
    const int status = ub_resolve_event(context_, (name.text() + ".").c_str(), static_cast<int>(type),
                                        class_in, &asker, &Lane::hear, &number);
    if (status != UB_NOERROR) return failure(ub_strerror(status));
    return number;
}

void Lane::cancel(int number) { ub_cancel(context_, number); }

void Lane::hear(void* data, int rcode, void* packet, int size, int security, char* why_bogus, int) {
    Asker& asker = *static_cast<Asker*>(data);
    enum { insecure = 0, bogus = 1, secure = 2 };
    if (security == bogus) {
        Answer answer = servfail();
        answer.security = Security::bogus;
        answer.why_bogus = why_bogus ? why_bogus : "";
        return asker.answered(std::move(answer));
    }
    // Any rcode here means that there is no packet to look at; NXDOMAIN comes in one.
    if (rcode != 0 || !packet) return asker.answered(servfail());
    auto answer =
        read_packet({static_cast<std::uint8_t*>(packet), static_cast<std::size_t>(size)}, asker.question_);
    if (answer && asker.validates_ && answer->rcode != servfail().rcode) {
        answer->security = security == secure ? Security::secure : Security::insecure;
    }
    asker.answered(std::move(answer));
}

}  // namespace custdkim::dns
