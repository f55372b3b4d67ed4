#include "lab/serving/dns_server.hpp"

#include "lab/serving/listening_sockets.hpp"
#include "lab/serving/question_desk.hpp"
#include "lab/serving/tcp_listeners.hpp"
#include "lab/serving/udp_receivers.hpp"

namespace custdkim::lab {

// What takes questions ends before the desk, and the sockets go last: a worker's reply still finds them.
class DnsServer::Engine {
  public:
    Engine(const DnsServerSettings& settings, DnsHandler& handler, ListeningSockets sockets)
        : sockets_(std::move(sockets)),
          desk_(handler, settings.workers, settings.max_waiting),
          tcp_(sockets_, desk_, {settings.max_connections, settings.idle_time}),
          udp_(sockets_, desk_, settings.receivers) {}

    std::uint16_t port() const { return sockets_.port; }

  private:
    ListeningSockets sockets_;
    QuestionDesk desk_;
    TcpListeners tcp_;
    UdpReceivers udp_;
};

Result<std::unique_ptr<DnsServer>> DnsServer::start(const DnsServerSettings& settings, DnsHandler& handler) {
    auto sockets = listen_on(settings.addresses, settings.port, settings.allow_any_address);
    if (!sockets) return sockets.error();
    return std::unique_ptr<DnsServer>(
        new DnsServer(std::make_unique<Engine>(settings, handler, std::move(*sockets))));
}

DnsServer::DnsServer(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
DnsServer::~DnsServer() = default;
std::uint16_t DnsServer::port() const { return engine_->port(); }

}  // namespace custdkim::lab
