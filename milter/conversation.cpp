#include "milter/conversation.hpp"

namespace custdkim::milter {

namespace {

Verdict judge(const MailText& mail, const Ask& ask) {
    switch (mail.state()) {
        case MailText::State::too_large: return too_large();
        case MailText::State::no_room: return failed_for_now("too much mail is under way at once");
        case MailText::State::complete: break;
    }
    return verdict_on(ask(mail.text()));
}

}  // namespace

bool Conversation::begin(bool authenticated) {
    mail_.reset();
    client_.authenticated = authenticated;
    if (!is_outgoing(desk_.outgoing, client_)) return false;
    mail_.emplace(desk_.largest_message, desk_.room);
    return true;
}

void Conversation::header(std::string_view name, std::string_view value) {
    if (!mail_) return;
    mail_->add_header(name, keeps_space_ ? std::string(value) : " " + std::string(value));
}

void Conversation::end_header() {
    if (mail_) mail_->end_header();
}

bool Conversation::body(std::string_view octets) {
    if (!mail_) return false;
    mail_->add_body(octets);
    return mail_->state() == MailText::State::complete;
}

Verdict Conversation::end() {
    if (!mail_) return failed_for_now("the mail server told the end of a message that never began");
    Verdict verdict = judge(*mail_, desk_.ask);
    mail_.reset();
    if (!keeps_space_) {  // the mail server puts one there
        for (HeaderField& field : verdict.signatures) {
            if (field.value.starts_with(' ')) field.value.erase(0, 1);
        }
    }
    return verdict;
}

}  // namespace custdkim::milter
