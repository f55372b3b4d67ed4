// The unix connector: PowerDNS connects to our socket, one JSON object a line, one request under way on each
// connection. A thread for each connection: PowerDNS holds one per distributor thread and opens few others.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "backend/connector.hpp"
#include "backend/parts.hpp"
#include "base/result.hpp"

namespace custdkim::backend {

struct UnixSettings {
    std::filesystem::path path;
    std::optional<uid_t> owner;
    std::optional<gid_t> group;
    mode_t mode = 0660;
    std::size_t max_connections = 256;
};

class UnixConnector final : public Connector {
  public:
    // Listens from here on. Refuses a path that is too long, taken by something that is no socket, or on
    // which somebody answers. What the parts name outlives the connector.
    static Result<std::unique_ptr<UnixConnector>> start(UnixSettings settings, const Parts& parts,
                                                        InheritedSockets inherited = {});

    ~UnixConnector() override;

    std::optional<std::string> trouble() const override;

    // The connections, open and between two requests. PowerDNS notices nothing, if the next process answers
    // within its timeout. A listener that was inherited comes back too.
    InheritedSockets hand_over() override;

  private:
    struct Connection {
        Descriptor socket;
        bool keep = false;  // still usable, left at a request boundary
        std::atomic<bool> done = false;
        std::jthread thread;
    };

    UnixConnector(UnixSettings settings, const Parts& parts, Descriptor listener, bool owns_path);
    void accept_all();
    void add(Descriptor socket);
    void serve(Connection& connection);
    void stop();

    const UnixSettings settings_;
    const Parts parts_;
    const bool owns_path_;
    Descriptor listener_;
    Descriptor wake_;  // an eventfd that ends accept_all()
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::list<Connection> connections_;
    std::jthread acceptor_;
};

}  // namespace custdkim::backend
