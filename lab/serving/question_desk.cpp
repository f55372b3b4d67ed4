#include "lab/serving/question_desk.hpp"

#include "base/log.hpp"

namespace custdkim::lab {

namespace {

// Whatever one question does to a handler, the others are to be answered.
Reply ask(DnsHandler& handler, const DnsQuery& query) {
    try {
        return handler.answer(query);
    } catch (const std::exception& exception) {
        log_error("a question to the lab failed", {{"client", query.client}, {"reason", exception.what()}});
        return {};
    }
}

}  // namespace

void QuestionDesk::take(const DnsQuery& query, SendReply send) {
    if (auto reply = handler_.at_once(query)) return deliver(std::move(*reply), send);
    auto task = [this, send, kept = Bytes(query.octets.begin(), query.octets.end()), copy = query]() mutable {
        copy.octets = kept;
        deliver(ask(handler_, copy), send);
    };
    if (!workers_.post(std::move(task))) send({});
}

void QuestionDesk::deliver(Reply reply, const SendReply& send) {
    if (reply.delay.count() <= 0) return send(std::move(reply));
    const auto delay = reply.delay;
    if (!delay_line_.after(delay, [send, reply = std::move(reply)] { send(reply); })) send({});
}

}  // namespace custdkim::lab
