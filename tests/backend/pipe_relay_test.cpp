// What `custdkim pipe` makes of a service that ends, comes back, is silent or away.
#include "backend/pipe_relay.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "backend/unix_connector.hpp"
#include "backend/unix_socket.hpp"
#include "client.hpp"
#include "fixed_zones.hpp"
#include "support/temporary_directory.hpp"

namespace custdkim::test {

using Catch::Contains;
using nlohmann::json;

namespace {

using std::chrono::milliseconds;

const std::string a_change = R"({"method": "setNotified", "parameters": {"id": 1, "serial": 7}})";
const std::string not_json = "what";

// A service that does what the test says, one connection after the other.
class ScriptedService {
  public:
    explicit ScriptedService(const std::filesystem::path& path)
        : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const sockaddr_un address = unix_address(path);
        ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
        ::listen(listener_.get(), 8);
    }

    // Waits for a connection and a request on it, and says which.
    std::string take() {
        connection_ = Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        return more();
    }
    std::string more() {
        backend::LineReader reader(connection_.get());
        std::string_view line;
        return reader.next(line) == backend::LineReader::Status::line ? std::string(line) : "";
    }
    void say(std::string_view text) { backend::write_all(connection_.get(), text); }
    void hang_up() { connection_ = Descriptor(); }

  private:
    Descriptor listener_, connection_;
};

// PowerDNS's end of two pipes, and the relay at the other one.
class Pipes {
  public:
    explicit Pipes(const std::filesystem::path& socket, milliseconds patience = milliseconds(60'000)) {
        std::signal(SIGPIPE, SIG_IGN);
        make(relay_in_, to_relay_);
        make(from_relay_, relay_out_);
        outcome_ = std::async(std::launch::async, [this, socket, patience] {
            const auto done = backend::PipeRelay({socket, patience}, relay_in_.get(), relay_out_.get()).run();
            relay_out_ = Descriptor();
            return done ? std::string() : done.error().detail;
        });
    }
    ~Pipes() {
        from_relay_ = Descriptor();
        to_relay_ = Descriptor();
    }

    void send(const std::string& line) {
        const std::string text = line + "\n";
        REQUIRE(::write(to_relay_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    std::string reply() {
        std::size_t end = 0;
        while ((end = received_.find('\n')) == std::string::npos) {
            char octets[65536];
            const ssize_t got = ::read(from_relay_.get(), octets, sizeof octets);
            if (got <= 0) return "";
            received_.append(octets, static_cast<std::size_t>(got));
        }
        const std::string line = received_.substr(0, end);
        received_.erase(0, end + 1);
        return line;
    }
    std::string ask(const std::string& line) {
        send(line);
        return reply();
    }
    int out() const { return from_relay_.get(); }
    void close_input() { to_relay_ = Descriptor(); }
    void close_output() { from_relay_ = Descriptor(); }
    std::string outcome() { return outcome_.get(); }

  private:
    static void make(Descriptor& read_end, Descriptor& write_end) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        read_end = Descriptor(ends[0]);
        write_end = Descriptor(ends[1]);
    }
    Descriptor relay_in_, to_relay_, from_relay_, relay_out_;
    std::string received_;
    std::future<std::string> outcome_;
};

struct PipeHouse {
    TemporaryDirectory directory;
    std::filesystem::path path = directory / "pdns.sock";
};

}  // namespace

TEST_CASE("A relay says hello without the service, and ends when PowerDNS does") {
    PipeHouse house;
    Pipes pipes(house.path);
    CHECK(pipes.ask(hello) == hello_reply);
    pipes.close_input();
    CHECK(pipes.outcome().empty());
}

TEST_CASE("A question whose connection ended before a whole reply came is asked again") {
    PipeHouse house;
    ScriptedService service(house.path);
    Pipes pipes(house.path);
    pipes.send(question);
    SECTION("without a word") { CHECK(service.take() == question); }
    SECTION("amid the reply") {
        CHECK(service.take() == question);
        service.say(R"({"result":[{"content":"half)");
    }
    service.hang_up();
    CHECK(service.take() == question);
    service.say("{\"result\":[]}\n");
    CHECK(pipes.reply() == "{\"result\":[]}");
}

TEST_CASE("A change that was sent is never sent again, and whether it was made is not known") {
    PipeHouse house;
    ScriptedService service(house.path);
    Pipes pipes(house.path);
    pipes.send(a_change);
    CHECK(service.take() == a_change);
    service.hang_up();
    const json reply = json::parse(pipes.reply());
    CHECK_FALSE(reply.contains("result"));
    CHECK_THAT(reply["log"][0].get<std::string>(), Contains("setNotified") && Contains("not known"));
    pipes.send(question);
    CHECK(service.take() == question);  // and not the change
    service.say("{\"result\":[]}\n");
    CHECK(pipes.reply() == "{\"result\":[]}");
}

TEST_CASE("A change goes to the service that is there now, if the one before had ended already") {
    PipeHouse house;
    ScriptedService service(house.path);
    Pipes pipes(house.path);
    pipes.send(question);
    service.take();
    service.say("{\"result\":[]}\n");
    pipes.reply();
    service.hang_up();
    pipes.send(a_change);
    CHECK(service.take() == a_change);
    service.say("{\"result\":true}\n");
    CHECK(pipes.reply() == "{\"result\":true}");
}

TEST_CASE("What is no request is asked once") {
    PipeHouse house;
    ScriptedService service(house.path);
    Pipes pipes(house.path);
    pipes.send(not_json);
    CHECK(service.take() == not_json);
    service.hang_up();
    CHECK_FALSE(json::parse(pipes.reply()).contains("result"));
}

TEST_CASE("A service that is away or silent is waited for, then there is a reply without a result") {
    PipeHouse house;
    Pipes pipes(house.path, milliseconds(30));
    CHECK_THAT(pipes.ask(question), Contains("was not there for 30 ms") && Contains("No such file") &&
                                        Contains("pdns.sock") && !Contains("result"));
    ScriptedService service(house.path);
    pipes.send(question);
    CHECK(service.take() == question);
    CHECK_THAT(pipes.reply(), Contains("did not answer within 30 ms") && !Contains("result"));
    service.say("{\"result\":[\"late\"]}\n");  // nobody's any more
    pipes.send(a_change);
    CHECK(service.take() == a_change);
}

TEST_CASE("A service that comes back in time is waited for") {
    PipeHouse house;
    Pipes pipes(house.path);
    pipes.send(question);
    const Zones zones = fixed_zones();
    const auto connector = backend::UnixConnector::start(settings_at(house.path), {zones}).value();
    CHECK(pipes.reply() == answer(zones, question));
}

TEST_CASE("A reply that breaks off when PowerDNS has its beginning ends the relay") {
    PipeHouse house;
    ScriptedService service(house.path);
    Pipes pipes(house.path);
    pipes.send(R"({"method": "list", "parameters": {"zonename": "keys.example.org."}})");
    service.take();
    service.say("{\"result\":[" + std::string(200'000, ' '));
    std::string got(65536, '\0');
    REQUIRE(::read(pipes.out(), got.data(), got.size()) > 0);
    service.hang_up();
    while (::read(pipes.out(), got.data(), got.size()) > 0) {
    }
    CHECK_THAT(pipes.outcome(), Contains("list") && Contains("broke off"));
}

TEST_CASE("A relay whose replies nobody takes ends") {
    PipeHouse house;
    Pipes pipes(house.path);
    pipes.close_output();
    pipes.send(hello);
    CHECK_THAT(pipes.outcome(), Contains("does not take"));
}

TEST_CASE("A list as long as a zone is passed on whole") {
    PipeHouse house;
    Zones zones = fixed_zones();
    KeyZone& zone = *zones.find_key_zone(name("keys.example.org"));
    constexpr int keys = 20'000;
    for (int i = 0; i < keys; ++i)
        zone.load(sample_key("k", {std::to_string(100000 + i)}, KeyType::rsa_2048));
    const auto connector = backend::UnixConnector::start(settings_at(house.path), {zones}).value();
    Pipes pipes(house.path);
    const std::string list =
        pipes.ask(R"({"method": "list", "parameters": {"zonename": "keys.example.org.", "domain_id": 2}})");
    CHECK(list.size() > 8'000'000);
    CHECK(json::parse(list)["result"].size() == keys + 3);
    CHECK(pipes.ask(question) == answer(zones, question));
}

}  // namespace custdkim::test
