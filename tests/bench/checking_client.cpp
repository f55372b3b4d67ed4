// Asks a name server the same questions over and over, in any order, and looks at every answer: not only the
// rcode but each octet that matters. For soak.py.
//
//     checking_client PORT EXPECTATIONS ANSWERS
//
// ANSWERS is how many must come, right or wrong; for SERVFAIL and for what is lost it asks again.
// EXPECTATIONS has a question on each line: a name, then the text of its only TXT record, or "-NXDOMAIN", or
// "-NODATA". A hundred questions are under way at a time. Prints as it goes along:
//
//     progress RIGHT                    answered right so far
//     servfail COUNT FIRST LAST         a run of them: when the first and the last question were sent, in
//     lost COUNT FIRST LAST             seconds of the monotonic clock; lost is what nobody answered in time
//     wrong NAME: what                  any other answer, the first hundred of them
//     total RIGHT WRONG SERVFAIL LOST SECONDS
//
// Ends with 1 if there was a wrong one.
#include <poll.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t under_way = 100;
constexpr std::chrono::seconds patience{3};           // more than PowerDNS has with its backend
constexpr std::chrono::milliseconds end_of_run{200};  // without another of the kind
constexpr std::chrono::milliseconds between_reports{200};
constexpr std::size_t header_size = 12;
constexpr unsigned noerror = 0, servfail = 2, nxdomain = 3;
constexpr unsigned type_soa = 6, type_txt = 16;

double seconds(Steady::time_point point) {
    return std::chrono::duration<double>(point.time_since_epoch()).count();
}

struct Expectation {
    std::string name, question;  // wire format, without the header
    std::string text;
    unsigned rcode = noerror;
    bool has_text = false;
};

// The names here have no escapes.
Expectation expectation_of(const std::string& line) {
    Expectation made;
    const std::size_t space = line.find(' ');
    made.name = line.substr(0, space);
    made.text = line.substr(space + 1);
    made.rcode = made.text == "-NXDOMAIN" ? nxdomain : noerror;
    made.has_text = made.text[0] != '-';
    for (std::size_t from = 0; from < made.name.size();) {
        const std::size_t dot = std::min(made.name.find('.', from), made.name.size());
        made.question += static_cast<char>(dot - from);
        made.question.append(made.name, from, dot - from);
        from = dot + 1;
    }
    made.question += std::string("\0\0\x10\0\1", 5);  // the root, TXT, IN
    return made;
}

// Reads a response from the front; whatever is not there is read as zero, and seen to be wrong.
class Reader {
  public:
    explicit Reader(std::string_view octets) : octets_(octets) {}
    unsigned octet() { return at_ < octets_.size() ? static_cast<unsigned char>(octets_[at_++]) : 0; }
    unsigned word() {
        const unsigned high = octet();
        return high * 256 + octet();
    }
    std::string_view take(std::size_t size) {
        const std::string_view taken = octets_.substr(std::min(at_, octets_.size()), size);
        at_ += size;
        return taken;
    }
    void skip_name() {
        for (unsigned length = octet(); length != 0; length = octet()) {
            if (length >= 0xc0) return void(octet());
            at_ += length;
        }
    }
    bool is_beyond() const { return at_ > octets_.size(); }

  private:
    std::string_view octets_;
    std::size_t at_ = 0;
};

struct RecordHead {
    unsigned type = 0, size = 0;
};

RecordHead record_head(Reader& reader) {
    reader.skip_name();
    RecordHead head;
    head.type = reader.word();
    reader.take(6);  // class, TTL
    head.size = reader.word();
    return head;
}

// The strings of a TXT put together.
std::string text_of(std::string_view rdata) {
    std::string text;
    while (!rdata.empty()) {
        const std::size_t size = static_cast<unsigned char>(rdata[0]);
        text += rdata.substr(1, size);
        rdata.remove_prefix(std::min(size + 1, rdata.size()));
    }
    return text;
}

// What is wrong with a response that is no SERVFAIL, or nothing.
std::string fault_in(std::string_view response, const Expectation& expected) {
    Reader reader(response);
    reader.take(2);
    const unsigned flags = reader.word(), questions = reader.word(), answers = reader.word(),
                   authority = reader.word();
    reader.word();
    if ((flags & 0x8400) != 0x8400) return "not an authoritative response";
    if ((flags & 0x0200) != 0) return "truncated";
    if ((flags & 15) != expected.rcode) return "rcode " + std::to_string(flags & 15);
    if (questions != 1 || reader.take(expected.question.size()) != expected.question)
        return "another question";
    if (answers != (expected.has_text ? 1U : 0U)) return std::to_string(answers) + " records";
    if (!expected.has_text && authority != 1) return "no SOA";
    const RecordHead head = record_head(reader);
    if (head.type != (expected.has_text ? type_txt : type_soa)) return "type " + std::to_string(head.type);
    const std::string_view rdata = reader.take(head.size);
    if (reader.is_beyond()) return "cut off";
    if (expected.has_text && text_of(rdata) != expected.text) return "another text: " + text_of(rdata);
    return "";
}

// Events of one kind that come close together are told as one.
class Run {
  public:
    explicit Run(const char* what) : what_(what) {}

    void add(Steady::time_point sent, Steady::time_point now) {
        if (count_++ == 0 || sent < first_) first_ = sent;
        if (sent > last_) last_ = sent;
        latest_ = now;
        ++total_;
    }
    void tell(Steady::time_point now, bool at_once = false) {
        if (count_ == 0 || (!at_once && now - latest_ < end_of_run)) return;
        std::printf("%s %ld %.6f %.6f\n", what_, count_, seconds(first_), seconds(last_));
        count_ = 0;
        last_ = {};
    }
    long total() const { return total_; }

  private:
    const char* what_;
    long count_ = 0, total_ = 0;
    Steady::time_point first_, last_, latest_;
};

class Client {
  public:
    Client(int port, std::vector<Expectation> expectations) : expectations_(std::move(expectations)) {
        socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            std::perror("connect");
            std::exit(2);
        }
        for (std::size_t i = 0; i < under_way; ++i) idle_.push_back(i);
    }

    int run(long answers) {
        const auto begin = Steady::now();
        while (right_ + wrong_ < answers || waiting() > 0) {
            now_ = Steady::now();
            while (!idle_.empty() && right_ + wrong_ + waiting() < answers) ask();
            receive();
            if (now_ - looked_ > between_reports / 10) give_up();
            if (now_ - reported_ > between_reports) report(false);
        }
        report(true);
        std::printf("total %ld %ld %ld %ld %.3f\n", right_, wrong_, servfails_.total(), lost_.total(),
                    std::chrono::duration<double>(Steady::now() - begin).count());
        return wrong_ == 0 ? 0 : 1;
    }

  private:
    struct Slot {
        const Expectation* expected = nullptr;  // nothing under way without it
        Steady::time_point sent;
        std::uint16_t id = 0;
    };

    long waiting() const { return static_cast<long>(under_way - idle_.size()); }

    // The id's low part is the slot; the rest makes a late answer to an earlier question a stranger.
    void ask() {
        const std::size_t number = idle_.back();
        idle_.pop_back();
        Slot& slot = slots_[number];
        slot.id = static_cast<std::uint16_t>(number + under_way * (random_() % 655));
        slot.expected = &expectations_[random_() % expectations_.size()];
        slot.sent = now_;
        message_ = {static_cast<char>(slot.id >> 8), static_cast<char>(slot.id & 255)};
        message_ += std::string_view("\0\0\0\1\0\0\0\0\0\0", header_size - 2);
        message_ += slot.expected->question;
        (void)::send(socket_, message_.data(), message_.size(), 0);  // nobody there: it will be lost
    }

    void receive() {
        pollfd waiting{socket_, POLLIN, 0};
        if (::poll(&waiting, 1, 20) <= 0) return;
        for (;;) {
            const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
            if (got < 0) return;
            take({buffer_.data(), static_cast<std::size_t>(got)});
        }
    }

    void take(std::string_view response) {
        if (response.size() < header_size) return;
        const unsigned id = Reader(response).word();
        Slot& slot = slots_[id % under_way];
        if (!slot.expected || slot.id != id) return;
        if ((static_cast<unsigned char>(response[3]) & 15) == servfail) {
            servfails_.add(slot.sent, now_);
        } else if (const std::string fault = fault_in(response, *slot.expected); fault.empty()) {
            ++right_;
        } else if (++wrong_ <= 100) {
            std::printf("wrong %s: %s\n", slot.expected->name.c_str(), fault.c_str());
        }
        free(slot);
    }

    void give_up() {
        looked_ = now_;
        for (Slot& slot : slots_) {
            if (!slot.expected || now_ - slot.sent < patience) continue;
            lost_.add(slot.sent, now_);
            free(slot);
        }
    }

    void free(Slot& slot) {
        slot.expected = nullptr;
        idle_.push_back(static_cast<std::size_t>(&slot - slots_.data()));
    }

    void report(bool at_once) {
        reported_ = now_;
        servfails_.tell(now_, at_once);
        lost_.tell(now_, at_once);
        std::printf("progress %ld\n", right_);
        std::fflush(stdout);
    }

    const std::vector<Expectation> expectations_;
    int socket_ = -1;
    std::array<Slot, under_way> slots_;
    std::vector<std::size_t> idle_;
    std::array<char, 65536> buffer_;
    std::string message_;
    std::mt19937_64 random_{1};
    Steady::time_point now_ = Steady::now(), looked_ = now_, reported_ = now_;
    long right_ = 0, wrong_ = 0;
    Run servfails_{"servfail"}, lost_{"lost"};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: checking_client PORT EXPECTATIONS ANSWERS\n", stderr);
        return 2;
    }
    std::vector<Expectation> expectations;
    std::ifstream file(argv[2]);
    for (std::string line; std::getline(file, line);) expectations.push_back(expectation_of(line));
    if (expectations.empty()) {
        std::fprintf(stderr, "nothing is expected in %s\n", argv[2]);
        return 2;
    }
    return Client(std::atoi(argv[1]), std::move(expectations)).run(std::atol(argv[3]));
}
