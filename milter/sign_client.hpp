// Asks the service to sign, over connections that are kept for the next message. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_client.hpp"
#include "base/result.hpp"
#include "keys/secret.hpp"

namespace custdkim::milter {

struct SignService {
    std::string url;                // of the API
    std::string ca_file = {};       // HttpOrder::ca_file
    std::string org = {};           // only keys of this organisation sign; "": those that the token is for
    bool checks_sender = true;      // whether the From address must be one that may send
    long answer_seconds = 60;       // connecting included
    std::size_t idle_sessions = 8;  // are kept; more are opened while many messages end at once
};

class SignClient {
  public:
    SignClient(SignService service, SecretBytes token);

    Result<api::HttpAnswer> sign(std::string_view message);

  private:
    using Session = std::unique_ptr<api::HttpSession>;

    Session take();
    void put_back(Session session);

    const SignService service_;
    const SecretBytes token_;
    const std::string path_;
    std::mutex mutex_;
    std::vector<Session> idle_;
};

}  // namespace custdkim::milter
