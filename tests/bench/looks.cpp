// Verifies customers as the activation does, as fast as it can, and tells what that took; for looks.py.
//
//     looks lanes|probed|whole|fresh ROOT_HINTS TRUST_ANCHOR CUSTOMERS VERIFICATIONS THREADS
//
// CUSTOMERS is a file: on each line a domain, then selector and target of each slot, then "-" and the
// addresses of its name servers. A verification is CNAME and TXT of each slot. "probed" asks the name servers
// as well, 14 questions for two; "whole" is what the gate does, both slots side by side; "fresh" makes a
// resolver for every question instead of sharing lanes. One after the other, over and over. Prints
// "verifications N wrong N seconds S cpu S".
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>
#include <thread>

#include "activation/diagnostician.hpp"
#include "dns/prober.hpp"
#include "dns/recursive_resolver.hpp"
#include "dns/root_hints.hpp"

using namespace custdkim;

namespace {

struct Slot {
    dns::Name owner, target;
};

struct Customer {
    dns::Name domain;
    std::vector<Slot> slots;
    std::vector<dns::ServerAddress> servers;
};

dns::Name name(const std::string& text) { return dns::Name::parse(text).value(); }

std::vector<Customer> read_customers(const std::string& file) {
    std::vector<Customer> customers;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string domain, selector, target, address;
        words >> domain;
        Customer customer{name(domain), {}, {}};
        while (words >> selector && selector != "-" && words >> target) {
            customer.slots.push_back({name(selector + "._domainkey." + domain), name(target)});
        }
        while (words >> address) customer.servers.push_back({address, 53});
        customers.push_back(std::move(customer));
    }
    return customers;
}

dns::AddressPolicy loopback() { return dns::AddressPolicy::make({"127.0.0.0/8"}).value(); }

class Verifier {
  public:
    Verifier(std::string mode, std::string root_hints, std::string trust_anchor)
        : mode_(std::move(mode)), prober_(loopback(), random_) {
        settings_.root_hints = root_hints;
        settings_.trust_anchor = trust_anchor;
        settings_.addresses = loopback();
        shared_ = dns::RecursiveResolver::make(settings_).value();
        diagnostician_ = std::make_unique<activation::Diagnostician>(
            activation::Surroundings{*shared_, prober_, dns::read_root_hints(root_hints).value(), clock_,
                                     random_, providers_},
            activation::Settings{});
    }

    bool verify(const Customer& customer) {
        if (mode_ == "whole") return look(customer);
        bool right = true;
        for (const Slot& slot : customer.slots) {
            for (const auto type : {dns::QuestionType::cname, dns::QuestionType::txt}) {
                const auto answer = ask(slot.owner, type);
                right = right && answer && answer->aliases.size() == 1 &&
                        answer->aliases[0].target == slot.target &&
                        answer->all_texts.size() == (type == dns::QuestionType::txt ? 1U : 0U);
            }
        }
        return right && (mode_ != "probed" || probe(customer));
    }

  private:
    bool look(const Customer& customer) {
        std::vector<std::future<Finding>> looks;
        for (const Slot& slot : customer.slots) {
            activation::Subject subject;
            subject.domain = customer.domain;
            subject.selector = slot.owner.text().substr(0, slot.owner.text().find('.'));
            subject.slot = {slot.owner, slot.target};
            looks.push_back(
                std::async(std::launch::async, [this, subject] { return diagnostician_->look(subject); }));
        }
        bool right = true;
        for (auto& finding : looks) right = finding.get().outcome == Outcome::pass && right;
        return right;
    }

    Result<dns::Answer> ask(const dns::Name& owner, dns::QuestionType type) {
        if (mode_ != "fresh") return shared_->ask(owner, type);
        return dns::RecursiveResolver::make(settings_).value()->ask(owner, type);
    }

    bool probe(const Customer& customer) {
        std::vector<dns::Probe> probes;
        for (const dns::ServerAddress& server : customer.servers) {
            probes.push_back({server, customer.domain, dns::QuestionType::soa});
            for (const Slot& slot : customer.slots) {
                probes.push_back({server, slot.owner, dns::QuestionType::cname});
                probes.push_back({server, slot.owner, dns::QuestionType::txt});
            }
            const dns::Name& owner = customer.slots[0].owner;
            probes.push_back({server, owner, dns::QuestionType::txt, dns::Transport::udp, false});
            probes.push_back({server, owner, dns::QuestionType::txt, dns::Transport::tcp});
        }
        bool right = true;
        for (const auto& answer : prober_.ask(probes, std::chrono::seconds(5))) {
            right = right && answer && answer->rcode == dns::rcode::noerror;
        }
        return right;
    }

    std::string mode_;
    dns::RecursionSettings settings_;
    SystemRandom random_;
    SystemClock clock_;
    const std::vector<activation::Provider> providers_;
    dns::Prober prober_;
    std::unique_ptr<dns::RecursiveResolver> shared_;
    std::unique_ptr<activation::Diagnostician> diagnostician_;
};

double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    Verifier verifier(arguments.at(0), arguments.at(1), arguments.at(2));
    const auto customers = read_customers(arguments.at(3));
    const long wanted = std::stol(arguments.at(4));
    std::atomic<long> next{0}, wrong{0};
    const double cpu_before = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (long count = std::stol(arguments.at(5)); count > 0; --count) {
        threads.emplace_back([&] {
            for (long number = next++; number < wanted; number = next++) {
                if (!verifier.verify(customers[static_cast<std::size_t>(number) % customers.size()])) ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << "verifications " << wanted << " wrong " << wrong << " seconds " << took.count() << " cpu "
              << cpu_seconds() - cpu_before << std::endl;
}
