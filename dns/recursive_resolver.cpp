#include "dns/recursive_resolver.hpp"

#include <event2/event.h>
#include <sys/eventfd.h>

#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/descriptor.hpp"
#include "dns/lane_set.hpp"
#include "dns/root_hints.hpp"

namespace custdkim::dns {

namespace {

// Lanes that are kept though nothing is asked in them: a diagnosis asks about one customer so often.
constexpr std::size_t idle_lanes = 32;

struct FreeBase {
    void operator()(event_base* base) const { event_base_free(base); }
};
struct FreeEvent {
    void operator()(event* one) const { event_free(one); }
};
using Base = std::unique_ptr<event_base, FreeBase>;
using Event = std::unique_ptr<event, FreeEvent>;

std::string in_unbounds_words(const ServerAddress& server) {
    return server.address + "@" + std::to_string(server.port);
}

Result<LaneSettings> prepare(const RecursionSettings& settings) {
    LaneSettings prepared;
    for (const ServerAddress& forwarder : settings.forwarders) {
        prepared.forwarders.push_back(in_unbounds_words(forwarder));
    }
    const bool iterates = settings.forwarders.empty();
    if (iterates) {
        const auto roots = settings.root_hints.empty()
                               ? Result<std::vector<ServerAddress>>(built_in_root_servers())
                               : read_root_hints(settings.root_hints);
        if (!roots) return roots.error();
        for (const ServerAddress& root : *roots) prepared.root_servers.push_back(in_unbounds_words(root));
        prepared.forbidden_networks = settings.addresses.forbidden_networks();
    }
    if (!settings.trust_anchor.empty()) {
        auto anchors = read_trust_anchors(settings.trust_anchor);
        if (!anchors) return anchors.error();
        prepared.trust_anchors = std::move(*anchors);
    } else if (iterates) {
        prepared.trust_anchors = built_in_trust_anchors();
    }
    return prepared;
}

}  // namespace

// All of libunbound, libevent and the lanes, in one thread. ask() is for the others.
class RecursiveResolver::Loop {
  public:
    Loop(const RecursionSettings& settings, LaneSettings prepared)
        : deadline_(settings.deadline),
          at_once_(settings.at_once),
          checking_(std::move(prepared)),
          unchecking_(without_anchors(checking_)),
          base_(event_base_new()),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (base_ && wake_) {
            woken_.reset(event_new(base_.get(), wake_.get(), EV_READ | EV_PERSIST, &Loop::on_wake, this));
        }
        if (!woken_ || event_add(woken_.get(), nullptr) != 0) {
            throw std::system_error(errno, std::generic_category(), "cannot make an event loop");
        }
        thread_ = std::thread([this] { run(); });
    }

    ~Loop() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        ::eventfd_write(wake_.get(), 1);
        thread_.join();
    }

    Result<Answer> ask(const Name& name, QuestionType type, bool checked) {
        auto request = std::make_unique<Request>(*this, name, type, checked);
        auto answer = request->promise.get_future();
        {
            const std::lock_guard lock(mutex_);
            arrived_.push_back(std::move(request));
        }
        ::eventfd_write(wake_.get(), 1);
        return answer.get();
    }

  private:
    // One ask() that waits.
    struct Request final : Lane::Asker {
        Request(Loop& its_loop, const Name& its_name, QuestionType its_type, bool is_checked)
            : loop(its_loop), name(its_name), type(its_type), checked(is_checked) {}

        // libunbound is in the midst of things: what is to be done about it is done later.
        void answered(Result<Answer> result) override {
            heard = std::move(result);
            is_heard = true;
            loop.heard_.push_back(this);
            event_active(loop.woken_.get(), EV_READ, 0);
        }

        Loop& loop;
        const Name name;
        const QuestionType type;
        const bool checked;
        std::promise<Result<Answer>> promise;
        Event deadline;
        Lane* lane = nullptr;  // that it is under way in
        int number = 0;        // in the lane
        bool of_its_own = false;
        bool is_heard = false;
        Result<Answer> heard = Error{Errc::internal, "not heard yet"};
    };
    using Requests = std::map<Request*, std::unique_ptr<Request>>;

    static LaneSettings without_anchors(LaneSettings settings) {
        settings.trust_anchors.clear();
        return settings;
    }

    void run() {
        lanes_[true] = std::make_unique<LaneSet>(base_.get(), checking_, idle_lanes);
        lanes_[false] = std::make_unique<LaneSet>(base_.get(), unchecking_, idle_lanes);
        event_base_dispatch(base_.get());
        while (!requests_.empty()) {
            finish(*requests_.begin()->first, Error{Errc::unavailable, "the resolver is shutting down"});
        }
        lanes_.clear();
    }

    static void on_wake(evutil_socket_t, short, void* loop) { static_cast<Loop*>(loop)->wake(); }
    static void on_deadline(evutil_socket_t, short, void* data) {
        Request& request = *static_cast<Request*>(data);
        Loop& loop = request.loop;  // the request ends here
        loop.finish(request, Error{Errc::unavailable, "no answer in time"});
        loop.serve();
    }

    void wake() {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_.get(), &ignored);
        take_in();
        while (!heard_.empty()) {
            Request* const request = heard_.front();
            heard_.pop_front();
            conclude(*request);
        }
        serve();
    }

    void take_in() {
        std::deque<std::unique_ptr<Request>> arrived;
        {
            const std::lock_guard lock(mutex_);
            arrived.swap(arrived_);
            if (stop_) event_base_loopbreak(base_.get());
        }
        for (auto& request : arrived) {
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(deadline_);
            const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(deadline_ - seconds);
            const timeval in{static_cast<time_t>(seconds.count()), static_cast<suseconds_t>(rest.count())};
            request->deadline.reset(event_new(base_.get(), -1, 0, &Loop::on_deadline, request.get()));
            event_add(request->deadline.get(), &in);
            waiting_.push_back(request.get());
            requests_.emplace(request.get(), std::move(request));
        }
    }

    void serve() {
        while (under_way_ < at_once_ && !waiting_.empty()) {
            Request* const request = waiting_.front();
            waiting_.pop_front();
            start(*request);
        }
    }

    void start(Request& request) {
        LaneSet& lanes = *lanes_[request.checked];
        request.lane = &lanes.enter(request.name, request.of_its_own);
        ++under_way_;
        request.is_heard = false;
        const auto number = request.lane->ask(request.name, request.type, request);
        // As a thing heard: this may be a loop over those who wait.
        if (number)
            request.number = *number;
        else
            request.answered(number.error());
    }

    // A lane was left: the question is under way no more.
    void leave(Request& request) {
        if (!request.lane) return;
        lanes_[request.checked]->leave(*std::exchange(request.lane, nullptr));
        --under_way_;
    }

    // Somebody else's alias may have led the lane to where this answer comes from. Then it is asked again,
    // where nobody was; once is enough, as that lane is new.
    void conclude(Request& request) {
        LaneHistory& history = request.lane->history;
        const bool primed =
            !request.of_its_own && request.heard && history.was_primed(request.name, *request.heard);
        if (request.heard) history.end(*request.heard);
        if (!primed) return finish(request, std::move(request.heard));
        leave(request);
        request.of_its_own = true;
        waiting_.push_front(&request);
    }

    void finish(Request& request, Result<Answer> result) {
        std::erase(heard_, &request);
        std::erase(waiting_, &request);
        if (request.lane && !request.is_heard) request.lane->cancel(request.number);
        leave(request);
        request.promise.set_value(std::move(result));
        requests_.erase(&request);
    }

    const std::chrono::milliseconds deadline_;
    const std::size_t at_once_;
    const LaneSettings checking_, unchecking_;
    const Base base_;
    const Descriptor wake_;
    Event woken_;

    std::mutex mutex_;  // guards the next two
    std::deque<std::unique_ptr<Request>> arrived_;
    bool stop_ = false;

    // The thread's own.
    Requests requests_;
    std::deque<Request*> waiting_, heard_;
    std::map<bool, std::unique_ptr<LaneSet>> lanes_;  // true: those that validate
    std::size_t under_way_ = 0;
    std::thread thread_;
};

Result<std::unique_ptr<RecursiveResolver>> RecursiveResolver::make(RecursionSettings settings) {
    auto prepared = prepare(settings);
    if (!prepared) return prepared.error();
    auto loop = std::make_unique<Loop>(settings, std::move(*prepared));
    return std::unique_ptr<RecursiveResolver>(new RecursiveResolver(std::move(loop)));
}

RecursiveResolver::RecursiveResolver(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

RecursiveResolver::~RecursiveResolver() = default;

Result<Answer> RecursiveResolver::ask(const Name& name, QuestionType type) {
    return loop_->ask(name, type, true);
}

Result<Answer> RecursiveResolver::ask_unchecked(const Name& name, QuestionType type) {
    return loop_->ask(name, type, false);
}

}  // namespace custdkim::dns
