#include "webhooks/couriers.hpp"

#include <algorithm>

namespace custdkim::webhooks {

namespace {

constexpr std::chrono::seconds longest_wait{
    60};  // as the rotation's: a bell that is not heard must not matter

// "https://receiver.example:8443".
std::string origin_of(const std::string& url) {
    const std::size_t host = url.find("://") + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
    const std::size_t at = url.rfind('@', end);  // behind a name and a password
    return url.substr(0, host) + (at == std::string::npos || at < host ? url.substr(host, end - host)
                                                                       : url.substr(at + 1, end - at - 1));
}

}  // namespace

Result<std::unique_ptr<Couriers>> Couriers::start(std::vector<Webhook> webhooks,
                                                  const Courier::Parts& parts) {
    std::unique_ptr<Couriers> all(new Couriers(parts));
    for (Webhook& webhook : webhooks) {
        auto& courier = all->couriers_.emplace_back(std::make_unique<Courier>(std::move(webhook), parts));
        if (const auto opened = courier->open(); !opened) return opened.error();
    }
    for (const auto& courier : all->couriers_) {
        all->threads_.emplace_back(
            [raw = all.get(), &courier = *courier](const std::stop_token& stop) { raw->run(courier, stop); });
    }
    return all;
}

Couriers::~Couriers() {
    for (std::jthread& thread : threads_)
        thread.request_stop();  // all of them, before the first is waited for
}

void Couriers::wake() {
    const std::lock_guard lock(mutex_);
    ++rings_;
    changed_.notify_all();
}

void Couriers::run(Courier& courier, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const std::uint64_t heard = rings_;
        lock.unlock();
        const auto next = courier.work(stop);
        lock.lock();
        const Duration wait =
            next ? std::clamp(*next - parts_.clock.read().uptime, Duration(0), Duration(longest_wait))
                 : longest_wait;
        // While a receiver fails, what happens meanwhile changes nothing.
        changed_.wait_for(lock, stop, wait, [&] { return !next && rings_ != heard; });
    }
}

std::vector<Couriers::Named> Couriers::figures() const {
    std::vector<Named> all;
    for (const auto& courier : couriers_) all.push_back({courier->webhook().name, courier->figures()});
    return all;
}

std::vector<api::WebhookStatus> Couriers::list() const {
    std::vector<api::WebhookStatus> all;
    for (const auto& courier : couriers_) {
        const Webhook& webhook = courier->webhook();
        const Courier::Figures figures = courier->figures();
        all.push_back({webhook.name, origin_of(webhook.url), webhook.events, figures.delivered,
                       figures.failed, figures.given_up, figures.waiting_since});
    }
    return all;
}

Result<api::WebhookTrial> Couriers::try_out(const std::string& name, const std::string& actor) {
    for (const auto& courier : couriers_) {
        const Webhook& webhook = courier->webhook();
        if (webhook.name != name) continue;
        const Timestamp now = parts_.clock.now();
        const Event event{0, now, actor, "test", "", "", "somebody asked for a trial"};
        const auto status = parts_.post(webhook, message_of(event, webhook.secrets, now), {});
        if (!status) return api::WebhookTrial{std::nullopt, status.error().detail};
        return api::WebhookTrial{*status, ""};
    }
    return Error{Errc::not_found, "there is no webhook '" + name + "'"};
}

}  // namespace custdkim::webhooks
