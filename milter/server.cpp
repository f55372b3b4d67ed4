#include "milter/server.hpp"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/log.hpp"

// Whether libmilter has been told to stop: not 0 then. mfapi.h leaves it out; every libmilter has it.
extern "C" int mi_stop();

namespace custdkim::milter {

namespace {

constexpr std::size_t largest_command = 1 << 20;  // a header field of Postfix may be longer than 64 KiB
constexpr int waiting_connections = 128;
constexpr std::chrono::seconds longest_end{20};

// How many messages are being signed.
class UnderWay {
  public:
    void begin() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }
    void wait_for_none() {
        std::unique_lock lock(mutex_);
        none_.wait_for(lock, longest_end, [&] { return count_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

// What was agreed with a mail server.
struct Agreement {
    bool keeps_space = false;  // Conversation
    bool can_skip = false;
    sfsistat after_connect = SMFIS_CONTINUE;  // or nobody waits for an answer
    sfsistat after_header = SMFIS_CONTINUE;
};

// By connection, since a mail server that uses one for its next client (SMFIC_QUIT_NC) agrees on nothing
// again. Thread-safe.
class Agreements {
  public:
    void keep(const SMFICTX* connection, const Agreement& agreement) {
        const std::lock_guard lock(mutex_);
        kept_[connection] = agreement;
    }
    Agreement of(const SMFICTX* connection) {
        const std::lock_guard lock(mutex_);
        return kept_[connection];
    }

  private:
    std::mutex mutex_;
    std::unordered_map<const SMFICTX*, Agreement> kept_;
};

struct Milter {
    MailDesk desk;
    SignClient client;
    UnderWay under_way;
    Agreements agreements;

    Milter(const MilterSettings& settings, SecretBytes token)
        : desk{settings.outgoing, {}}, client(settings.service, std::move(token)) {
        desk.ask = [this](std::string_view message) { return client.sign(message); };
    }
};

// libmilter hands nothing of ours to its callbacks. Never deleted: its threads do not end before the process.
Milter* the_milter = nullptr;

// One client of a mail server.
struct Visit {
    explicit Visit(const Agreement& agreement)
        : agreed(agreement), conversation(the_milter->desk, agreement.keeps_space) {}

    const Agreement agreed;
    Conversation conversation;
};

Visit& visit_of(SMFICTX* context) { return *static_cast<Visit*>(::smfi_getpriv(context)); }

std::string macro(SMFICTX* context, const char* name) {
    const char* const value = ::smfi_getsymval(context, const_cast<char*>(name));
    return value ? value : "";
}

// No exception may pass through libmilter. The only one there can be is that of memory.
template <typename Work>
sfsistat guarded(const Work& work) {
    try {
        return work();
    } catch (const std::exception& exception) {
        log_error("a message could not be looked at", {{"reason", exception.what()}});
        return SMFIS_TEMPFAIL;
    }
}

sfsistat on_negotiate(SMFICTX* context, unsigned long actions, unsigned long steps, unsigned long,
                      unsigned long, unsigned long* wanted_actions, unsigned long* wanted_steps,
                      unsigned long* reserved2, unsigned long* reserved3) {
    return guarded([&]() -> sfsistat {
        if ((actions & SMFIF_ADDHDRS) == 0) {
            log_error("a mail server lets milters add no header field; nothing can be signed there");
            return SMFIS_REJECT;
        }
        constexpr unsigned long quiet_header = SMFIP_NR_HDR | SMFIP_NR_EOH;
        unsigned long useful = SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NR_CONN |
                               SMFIP_SKIP | SMFIP_HDR_LEADSPC;
        if ((steps & quiet_header) == quiet_header) useful |= quiet_header;
        const unsigned long agreed = steps & useful;
        const auto after = [&](unsigned long step) { return agreed & step ? SMFIS_NOREPLY : SMFIS_CONTINUE; };
        the_milter->agreements.keep(context, {(agreed & SMFIP_HDR_LEADSPC) != 0, (agreed & SMFIP_SKIP) != 0,
                                              after(SMFIP_NR_CONN), after(SMFIP_NR_HDR)});
        *wanted_actions = SMFIF_ADDHDRS;
        *wanted_steps = agreed;
        *reserved2 = *reserved3 = 0;
        return SMFIS_CONTINUE;
    });
}

std::optional<std::string> text_of(const sockaddr* address) {
    if (!address) return std::nullopt;
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        const auto* const v4 = reinterpret_cast<const sockaddr_in*>(address);
        ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    } else if (address->sa_family == AF_INET6) {
        const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&v6)) {
            ::inet_ntop(AF_INET, &v6.s6_addr[12], text, sizeof text);
        } else {
            ::inet_ntop(AF_INET6, &v6, text, sizeof text);
        }
    } else {
        return std::nullopt;
    }
    return text;
}

// Also where one client follows another over the same connection: the one before was closed.
sfsistat on_connect(SMFICTX* context, char*, sockaddr* address) {
    return guarded([&] {
        auto visit = std::make_unique<Visit>(the_milter->agreements.of(context));
        visit->conversation.connect({text_of(address), macro(context, "{daemon_name}")});
        const sfsistat status = visit->agreed.after_connect;
        ::smfi_setpriv(context, visit.release());
        return status;
    });
}

sfsistat on_sender(SMFICTX* context, char**) {
    return guarded([&]() -> sfsistat {
        const bool has_authenticated = !macro(context, "{auth_authen}").empty();
        return visit_of(context).conversation.begin(has_authenticated) ? SMFIS_CONTINUE : SMFIS_ACCEPT;
    });
}

sfsistat on_header(SMFICTX* context, char* name, char* value) {
    return guarded([&] {
        Visit& visit = visit_of(context);
        visit.conversation.header(name, value);
        return visit.agreed.after_header;
    });
}

sfsistat on_end_of_header(SMFICTX* context) {
    return guarded([&] {
        Visit& visit = visit_of(context);
        visit.conversation.end_header();
        return visit.agreed.after_header;
    });
}

sfsistat on_body(SMFICTX* context, unsigned char* octets, std::size_t size) {
    return guarded([&]() -> sfsistat {
        Visit& visit = visit_of(context);
        const bool more = visit.conversation.body({reinterpret_cast<const char*>(octets), size});
        return more || !visit.agreed.can_skip ? SMFIS_CONTINUE : SMFIS_SKIP;
    });
}

void tell_log(const Verdict& verdict, const std::string& queue_id) {
    switch (verdict.what) {
        case Verdict::What::sign:
            return log_info("signed", {{"queue_id", queue_id}, {"selector", verdict.selector}});
        case Verdict::What::pass:
            return log_info("left unsigned", {{"queue_id", queue_id}, {"reason", verdict.reason}});
        case Verdict::What::reject:
            return log_info("refused", {{"queue_id", queue_id}, {"reason", verdict.reason}});
        case Verdict::What::fail:
            return log_warning("could not be signed now",
                               {{"queue_id", queue_id}, {"reason", verdict.reason}});
    }
}

// Each goes in front of all others, so that the last one is the first to go.
bool insert(SMFICTX* context, const std::vector<HeaderField>& signatures) {
    for (auto field = signatures.rbegin(); field != signatures.rend(); ++field) {
        if (::smfi_insheader(context, 0, const_cast<char*>(field->name.c_str()),
                             const_cast<char*>(field->value.c_str())) != MI_SUCCESS) {
            return false;
        }
    }
    return true;
}

sfsistat carry_out(SMFICTX* context, const Verdict& verdict) {
    if (verdict.what == Verdict::What::pass) return SMFIS_ACCEPT;
    if (verdict.what == Verdict::What::sign) {
        if (insert(context, verdict.signatures)) return SMFIS_CONTINUE;
        log_error("the mail server did not take a signature");
        return SMFIS_TEMPFAIL;
    }
    const SmtpReply& reply = verdict.reply;
    ::smfi_setreply(context, const_cast<char*>(reply.code.c_str()), const_cast<char*>(reply.enhanced.c_str()),
                    const_cast<char*>(reply.text.c_str()));
    return verdict.what == Verdict::What::reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

sfsistat on_end_of_message(SMFICTX* context) {
    the_milter->under_way.begin();
    const sfsistat status = guarded([&] {
        const Verdict verdict = visit_of(context).conversation.end();
        tell_log(verdict, macro(context, "i"));
        return carry_out(context, verdict);
    });
    the_milter->under_way.end();
    return status;
}

sfsistat on_abort(SMFICTX* context) {
    if (::smfi_getpriv(context)) visit_of(context).conversation.abort();
    return SMFIS_CONTINUE;
}

sfsistat on_close(SMFICTX* context) {
    delete static_cast<Visit*>(::smfi_getpriv(context));  // nullptr where it ended before it began
    ::smfi_setpriv(context, nullptr);
    return SMFIS_CONTINUE;
}

smfiDesc description() {
    static char name[] = "custdkim";
    smfiDesc filter{};
    filter.xxfi_name = name;
    filter.xxfi_version = SMFI_VERSION;
    filter.xxfi_flags = SMFIF_ADDHDRS;
    filter.xxfi_connect = on_connect;
    filter.xxfi_envfrom = on_sender;
    filter.xxfi_header = on_header;
    filter.xxfi_eoh = on_end_of_header;
    filter.xxfi_body = on_body;
    filter.xxfi_eom = on_end_of_message;
    filter.xxfi_abort = on_abort;
    filter.xxfi_close = on_close;
    filter.xxfi_negotiate = on_negotiate;
    return filter;
}

Result<void> open_socket(const MilterSettings& settings) {
    if (const auto free = make_way(settings.listen); !free) return free.error();
    std::string where = settings.listen.for_libmilter();
    ::smfi_setmaxdatasize(largest_command);
    // Nobody else connects before the rights are set.
    const mode_t usual = ::umask(0177);
    const bool is_open =
        ::smfi_setconn(where.data()) == MI_SUCCESS && ::smfi_register(description()) == MI_SUCCESS &&
        ::smfi_setbacklog(waiting_connections) == MI_SUCCESS && ::smfi_opensocket(false) == MI_SUCCESS;
    ::umask(usual);
    if (!is_open) return invalid("cannot listen on " + where + "; the system's log has libmilter's reason");
    send_at_once();
    return set_rights(settings.listen, settings.rights);
}

// libmilter waits for the signals and closes its socket then; where it happens just before it looks at the
// socket, it takes that for a failure.
bool serve_until_told() { return ::smfi_main() == MI_SUCCESS || ::mi_stop() != 0; }

}  // namespace

Result<void> run_milter(const MilterSettings& settings, SecretBytes token,
                        const std::function<void()>& listening) {
    the_milter = new Milter(settings, std::move(token));
    if (const auto opened = open_socket(settings); !opened) return opened.error();
    const SocketFile made = socket_file(settings.listen);
    listening();
    const bool ended_well = serve_until_told();
    remove_socket(settings.listen, made);
    the_milter->under_way.wait_for_none();
    if (ended_well) return {};
    return Error{Errc::internal, "libmilter gave up; the system's log has its reason"};
}

}  // namespace custdkim::milter
