// Whatever the connector: the same requests get the same replies, and the same misbehaving clients do no
// harm.
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>

#include "backend/http_connector.hpp"
#include "backend/pipe_relay.hpp"
#include "backend/unix_connector.hpp"
#include "backend/unix_socket.hpp"
#include "client.hpp"
#include "fixed_world.hpp"
#include "http_client.hpp"
#include "support/temporary_directory.hpp"
#include "tests/support/source_dir.hpp"
#include "transcript.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

// One client of one connector over the fixed zones: a request in, a reply out.
class Way {
  public:
    virtual ~Way() = default;
    virtual json ask(const std::string& request) = 0;

    // Something that is no request at all, or not a whole one, then gone.
    virtual void misbehave(const std::string& octets) = 0;
};

class UnixWay : public Way {
  public:
    explicit UnixWay(const backend::Parts& parts)
        : path(directory_ / "pdns.sock"),
          connector_(backend::UnixConnector::start(settings_at(path), parts).value()) {}

    json ask(const std::string& request) override {
        if (!client_) client_ = std::make_unique<Client>(path);
        const std::string reply = client_->ask(request);
        return reply.empty() ? json("closed") : json::parse(reply);
    }
    void misbehave(const std::string& octets) override { Client(path).send(octets); }

  private:
    TemporaryDirectory directory_;

  protected:
    const std::filesystem::path path;

  private:
    std::unique_ptr<backend::UnixConnector> connector_;
    std::unique_ptr<Client> client_;
};

// A relay on a pair of sockets, as PowerDNS has it on two pipes.
class RunningRelay {
  public:
    explicit RunningRelay(const std::filesystem::path& service) {
        std::signal(SIGPIPE, SIG_IGN);
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw std::runtime_error("no pair");
        ours_ = Descriptor(ends[0]);
        theirs_ = Descriptor(ends[1]);
        reader_.emplace(ours_.get());
        thread_ = std::jthread([this, service] {
            backend::PipeRelay({service, std::chrono::milliseconds(60'000)}, theirs_.get(), theirs_.get())
                .run();
            ::shutdown(theirs_.get(), SHUT_RDWR);
        });
    }
    ~RunningRelay() { ::shutdown(ours_.get(), SHUT_RDWR); }

    bool send(std::string_view text) { return backend::write_all(ours_.get(), text); }
    std::string line() {
        std::string_view line;
        return reader_->next(line) == backend::LineReader::Status::line ? std::string(line) : "";
    }

  private:
    Descriptor ours_, theirs_;
    std::jthread thread_;
    std::optional<backend::LineReader> reader_;
};

class PipeWay final : public UnixWay {
  public:
    explicit PipeWay(const backend::Parts& parts) : UnixWay(parts), relay_(path) {}

    json ask(const std::string& request) override {
        relay_.send(request + "\n");
        const std::string reply = relay_.line();
        return reply.empty() ? json("closed") : json::parse(reply);
    }
    void misbehave(const std::string& octets) override { RunningRelay(path).send(octets); }

  private:
    RunningRelay relay_;
};

class HttpWay final : public Way {
  public:
    HttpWay(const backend::Parts& parts, HttpForm form, bool keep_alive)
        : form_(form),
          connector_(backend::HttpConnector::start({"127.0.0.1", 0, {}}, parts).value()),
          client_(connector_->port(), keep_alive) {}

    json ask(const std::string& request) override {
        const auto answer = client_.ask(form_, json::parse(request));
        const json reply = json::parse(answer.body);
        CHECK(reply.contains("result") == (answer.status == 200));
        CHECK(answer.status != 404);  // which PowerDNS would take for a good one
        return reply;
    }
    void misbehave(const std::string& octets) override {
        HttpClient(connector_->port()).send_and_leave(octets);
    }

  private:
    const HttpForm form_;
    std::unique_ptr<backend::HttpConnector> connector_;
    HttpClient client_;
};

struct Kind {
    std::string name;
    std::function<std::unique_ptr<Way>(const backend::Parts&)> make;
};

Kind http_kind(const std::string& name, HttpForm form, bool keep_alive) {
    return {name,
            [=](const backend::Parts& parts) { return std::make_unique<HttpWay>(parts, form, keep_alive); }};
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {
        {"unix", [](const backend::Parts& parts) { return std::make_unique<UnixWay>(parts); }},
        {"pipe", [](const backend::Parts& parts) { return std::make_unique<PipeWay>(parts); }},
        http_kind("http", HttpForm::rest, true),
        http_kind("http, closing", HttpForm::rest, false),
        http_kind("http-post", HttpForm::post, true),
        http_kind("http-post, closing", HttpForm::post, false),
        http_kind("http-post-json", HttpForm::post_json, true),
        http_kind("http-post-json, closing", HttpForm::post_json, false),
    };
    return all;
}

// Whether a form of HTTP can say it: REST has no types.
bool can_say(const std::string& kind, const std::string& file, const Exchange& exchange) {
    if (!kind.starts_with("http")) return true;
    const json parsed = json::parse(exchange.request, nullptr, false);
    const bool is_whole = parsed.is_object() && parsed.contains("method") && parsed["method"].is_string();
    if (kind.starts_with("http-post-json")) return !parsed.is_discarded();
    if (kind.starts_with("http-post")) return is_whole;
    return is_whole && file != "mistakes.txt" && exchange.reply.find("must be ") == std::string::npos;
}

std::string mismatch(Way& way, const Exchange& exchange) {
    const json expected = json::parse(exchange.reply), got = way.ask(exchange.request);
    if (got == expected) return "";
    return exchange.where + ": to " + exchange.request + "\nexpected " + exchange.reply + "\ngot      " +
           got.dump();
}

const std::string a_question =
    R"({"method": "lookup", "parameters": {"qname": "s1.q7w2ka.custdkim.example.net.", "qtype": "ANY", "zone-id": 1}})";

}  // namespace

TEST_CASE("Every transcript goes as it is written over every connector") {
    for (const auto& kind : kinds()) {
        DYNAMIC_SECTION(kind.name) {
            std::size_t said = 0;
            for (const auto& entry :
                 std::filesystem::directory_iterator(source_dir() + "/tests/transcripts")) {
                const std::string file = entry.path().filename().string();
                std::ostringstream text;
                text << std::ifstream(entry.path()).rdbuf();
                FixedWorld world;
                const auto way = kind.make(world.parts());
                for (const Exchange& exchange : read_transcript(text.str(), file)) {
                    if (!can_say(kind.name, file, exchange)) continue;
                    REQUIRE(mismatch(*way, exchange) == "");
                    ++said;
                }
            }
            CHECK(said > 50);
        }
    }
}

TEST_CASE("Clients that misbehave get no result and harm nobody, over every connector") {
    const std::string half = "{\"method\": \"lookup\", ";
    for (const auto& kind : kinds()) {
        DYNAMIC_SECTION(kind.name) {
            FixedWorld world;
            const auto way = kind.make(world.parts());
            const json right = json::parse(world.answer(a_question));
            REQUIRE(way->ask(a_question) == right);
            for (const std::string& octets :
                 {half, half + "\n", std::string("\0\xff\xfe\n", 4), std::string("GET / HTTP/1.1\r\n\r\n"),
                  std::string("POST /dns HTTP/1.1\r\nContent-Length: 9\r\nHost: 127.0.0.1\r\n\r\n"),
                  std::string(2'000'000, 'x'), std::string("\x16\x03\x01\n")}) {
                way->misbehave(octets);
                REQUIRE(way->ask(a_question) == right);
            }
            CHECK_FALSE(way->ask(R"({"method": "lookup", "parameters": {}})").contains("result"));
            CHECK(way->ask(a_question) == right);
        }
    }
}

}  // namespace custdkim::test
