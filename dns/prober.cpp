#include "dns/prober.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "dns/exchange.hpp"

namespace custdkim::dns {

namespace {

namespace asio = boost::asio;
using Results = std::vector<std::optional<Result<Answer>>>;

// What one caller waits for. The thread of the desk fills it in, and forgets it once it is full.
class Batch {
  public:
    explicit Batch(std::size_t probes) : results_(probes), missing_(probes) {}

    void put(std::size_t index, Result<Answer> result) {
        const std::lock_guard lock(mutex_);
        if (results_[index]) return;
        results_[index] = std::move(result);
        if (--missing_ == 0) full_.notify_all();
    }

    std::vector<Result<Answer>> wait() {
        std::unique_lock lock(mutex_);
        full_.wait(lock, [&] { return missing_ == 0; });
        std::vector<Result<Answer>> taken;
        for (auto& result : results_) taken.push_back(std::move(*result));
        return taken;
    }

  private:
    std::mutex mutex_;  // guards all below
    std::condition_variable full_;
    Results results_;
    std::size_t missing_;
};

// One probe of a batch, from when it is asked for until its result is put.
struct Errand {
    std::shared_ptr<Batch> batch;
    std::size_t index = 0;
    Transport transport = Transport::udp;
    Exchange::Order order;
    std::shared_ptr<Exchange> exchange;  // once it has its turn
    bool is_over = false;
};

struct Server {
    std::deque<std::shared_ptr<Errand>> waiting;
    std::size_t under_way = 0;
};

}  // namespace

// Where questions wait for their turn. All but submit() happens in the thread.
class Prober::Desk {
  public:
    explicit Desk(ProbingLimits limits) : limits_(limits), thread_([this] { context_.run(); }) {}

    ~Desk() {
        asio::post(context_, [this] { close(); });
        work_.reset();
        thread_.join();
    }

    void submit(std::vector<std::shared_ptr<Errand>> errands,
                std::chrono::steady_clock::time_point deadline) {
        asio::post(context_, [this, errands = std::move(errands), deadline] { take_in(errands, deadline); });
    }

  private:
    using Errands = std::vector<std::shared_ptr<Errand>>;

    void take_in(const Errands& errands, std::chrono::steady_clock::time_point deadline) {
        if (errands.empty()) return;
        for (const auto& errand : errands) {
            const std::string& address = errand->order.server.address;
            servers_[address].waiting.push_back(errand);
            offer(address);
        }
        const auto timer = std::make_shared<asio::steady_timer>(context_, deadline);
        deadlines_.insert(timer);
        timer->async_wait([this, errands, timer](const boost::system::error_code&) {
            deadlines_.erase(timer);
            for (const auto& errand : errands) give_up(*errand);
            serve();
        });
        serve();
    }

    // A server that has somebody waiting, and room, is in `ready_`, once.
    void offer(const std::string& address) {
        const Server& server = servers_[address];
        if (server.waiting.empty() || server.under_way >= limits_.per_server) return;
        if (is_ready_.insert(address).second) ready_.push_back(address);
    }

    void serve() {
        while (under_way_ < limits_.at_once && !ready_.empty()) {
            const std::string address = ready_.front();
            ready_.pop_front();
            is_ready_.erase(address);
            const auto next = take_first(servers_[address]);
            if (next) begin(next);
            offer(address);
            drop_idle(address);
        }
    }

    // Those whose deadline came while they waited are left out.
    static std::shared_ptr<Errand> take_first(Server& server) {
        while (!server.waiting.empty()) {
            const auto first = server.waiting.front();
            server.waiting.pop_front();
            if (!first->is_over) return first;
        }
        return nullptr;
    }

    void begin(const std::shared_ptr<Errand>& errand) {
        const std::string address = errand->order.server.address;
        ++under_way_;
        ++servers_[address].under_way;
        const auto outcome = [this, errand, address](Result<Answer> result) {
            // Not at once: an exchange may end within its start(), and so within serve().
            asio::post(context_, [this, errand, address] {
                errand->exchange.reset();
                leave(address);
            });
            finish(*errand, std::move(result));
        };
        errand->exchange = errand->transport == Transport::udp
                               ? Exchange::over_udp(context_, errand->order, outcome)
                               : Exchange::over_tcp(context_, errand->order, outcome);
        errand->exchange->start();
    }

    void leave(const std::string& address) {
        --under_way_;
        --servers_[address].under_way;
        offer(address);
        drop_idle(address);
        serve();
    }

    void drop_idle(const std::string& address) {
        const Server& server = servers_[address];
        if (server.under_way == 0 && server.waiting.empty()) servers_.erase(address);
    }

    void give_up(Errand& errand) {
        if (errand.is_over) return;
        if (errand.exchange) return errand.exchange->stop();
        finish(errand, Error{Errc::unavailable, "not asked in time: too many questions were under way"});
    }

    static void finish(Errand& errand, Result<Answer> result) {
        errand.is_over = true;
        errand.batch->put(errand.index, std::move(result));
    }

    // Deadlines that come now end everything.
    void close() {
        limits_.at_once = 0;
        for (const auto& timer : deadlines_) timer->cancel();
    }

    ProbingLimits limits_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    std::map<std::string, Server> servers_;  // by address
    std::deque<std::string> ready_;
    std::set<std::string> is_ready_;
    std::set<std::shared_ptr<asio::steady_timer>> deadlines_;
    std::size_t under_way_ = 0;
    std::thread thread_;
};

Prober::Prober(AddressPolicy policy, Random& random, ProbingLimits limits)
    : policy_(std::move(policy)), random_(random), desk_(std::make_unique<Desk>(limits)) {}

Prober::~Prober() = default;

std::vector<Result<Answer>> Prober::ask(std::span<const Probe> probes, std::chrono::milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    const auto batch = std::make_shared<Batch>(probes.size());
    std::vector<std::shared_ptr<Errand>> errands;
    for (std::size_t index = 0; index < probes.size(); ++index) {
        const Probe& probe = probes[index];
        const std::string& address = probe.server.address;
        if (!policy_.permits(address)) {
            batch->put(index, refused(address + " is not asked: the configuration forbids its network"));
            continue;
        }
        const Question question{probe.name,
                                probe.type,
                                static_cast<std::uint16_t>(random_.below(1 << 16)),
                                probe.recursion_desired,
                                probe.edns,
                                probe.dnssec_ok,
                                probe.checking_disabled};
        auto wire = write_question(question);
        if (!wire) {
            batch->put(index, wire.error());
            continue;
        }
        errands.push_back(std::make_shared<Errand>(Errand{
            batch, index, probe.transport, {probe.server, question, std::move(*wire), until}, {}, false}));
    }
    desk_->submit(std::move(errands), until);
    return batch->wait();
}

}  // namespace custdkim::dns
