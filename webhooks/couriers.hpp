// A courier for each webhook, each on a thread of its own: a receiver that stalls holds up nobody else, and
// least of all the rotation. Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "api/webhook_desk.hpp"
#include "webhooks/courier.hpp"

namespace custdkim::webhooks {

class Couriers final : public api::WebhookDesk {
  public:
    static Result<std::unique_ptr<Couriers>> start(std::vector<Webhook> webhooks,
                                                   const Courier::Parts& parts);

    // Ends the attempts that are under way.
    ~Couriers() override;

    // Something has happened.
    void wake();

    struct Named {
        std::string name;
        Courier::Figures figures;
    };
    std::vector<Named> figures() const;

    std::vector<api::WebhookStatus> list() const override;
    Result<api::WebhookTrial> try_out(const std::string& name, const std::string& actor) override;

  private:
    explicit Couriers(const Courier::Parts& parts) : parts_(parts) {}
    void run(Courier& courier, const std::stop_token& stop);

    const Courier::Parts parts_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t rings_ = 0;  // guarded by mutex_
    std::vector<std::unique_ptr<Courier>> couriers_;
    std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace custdkim::webhooks
