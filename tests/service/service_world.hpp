// The whole service on a clock that a test moves, with customers who have done as they were told.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>

#include "keys/key_record.hpp"
#include "keys/rotation_turn.hpp"
#include "service/service.hpp"
#include "tests/service/sample_config.hpp"
#include "tests/support/fixture_pairs.hpp"
#include "tests/support/sample_keys.hpp"
#include "tests/support/temporary_directory.hpp"

namespace custdkim::test {

// Customers who have done as they were told.
class HealthyWorld final : public dns::Resolver {
  public:
    Result<dns::Answer> ask_unchecked(const dns::Name& asked, dns::QuestionType type) override {
        return ask(asked, type);
    }
    Result<dns::Answer> ask(const dns::Name& asked, dns::QuestionType type) override {
        dns::Answer answer;
        const Key key = service->registry().find("acme.example").value();
        for (const Slot& slot : key.slots) {
            if (customer_name(key, slot) != asked.text()) continue;
            const dns::Name target = name(record_name(key, slot));
            answer.aliases.push_back({asked, target});
            answer.answer.push_back({asked, "CNAME", 300, target.text() + "."});
            if (type == dns::QuestionType::txt) {
                const std::string text = slot_record_text(key, slot);
                answer.all_texts.push_back({target, text});
                answer.answer.push_back({target, "TXT", 300, '"' + text + '"'});
            }
        }
        return answer;
    }
    Service* service = nullptr;
};

// Nobody answers: what the resolver said is all there is.
class SilentNameServers final : public dns::NameServers {
  public:
    std::vector<Result<dns::Answer>> ask(std::span<const dns::Probe> probes,
                                         std::chrono::milliseconds) override {
        return std::vector<Result<dns::Answer>>(probes.size(), Error{Errc::unavailable, "no answer"});
    }
};

// Lets pairs through only while it is open.
class Gate {
  public:
    void open(bool is_open) {
        const std::lock_guard lock(mutex_);
        open_ = is_open;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        ++came_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for(unsigned count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return came_ >= count; });
    }
    unsigned came() {
        const std::lock_guard lock(mutex_);
        return came_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = true;
    unsigned came_ = 0;
};

inline void write_secret(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text << '\n';
    ::chmod(file.c_str(), 0600);
}

struct ServiceWorld {
    TemporaryDirectory directory;
    SimulatedClock clock{new_year()};
    SystemRandom random;
    Gate gate;
    std::atomic<unsigned> made = 0;
    HealthyWorld resolver;
    SilentNameServers name_servers;
    std::unique_ptr<Service> service;

    ServiceWorld() {
        write_secret(directory / "master.key", std::string(43, 'A') + "=");
        write_secret(directory / "token", std::string(32, 't'));
        const auto config = read_config_text(minimal_config + R"(
[backend]
unix = "pdns.sock"
[api]
listen = "127.0.0.1:0"
token_file = "token"
[store]
url = "memory:"
[keys]
master_key_file = "master.key"
pool = 0
)",
                                             directory / "custdkim.toml");
        const PairGenerator generate = [this](KeyType type, const std::stop_token&) -> Result<KeyPair> {
            gate.pass();
            return fixture_pair(type, made++);
        };
        service =
            Service::start(config.config.value(), {clock, random, generate, &resolver, &name_servers, {}})
                .value();
        resolver.service = service.get();
    }
    Key create() {
        KeyRequest request;
        request.domain = "acme.example";
        request.type = "ed25519";
        return service->registry().create(request).value();
    }
    Key key() { return service->registry().find("acme.example").value(); }
    std::string signer() {
        const Key now = key();
        const auto signing = signing_pair(now);
        return signing ? now.slots[signing->slot].selector : "";
    }
};

}  // namespace custdkim::test
