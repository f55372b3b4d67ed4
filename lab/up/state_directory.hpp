// Where `up` keeps what belongs to one lab: secrets, the socket, the store if it is a file, and where
// everything answers. Only its owner gets in. What is there from last time is used again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "keys/secret.hpp"

namespace custdkim::lab {

// Where everything answers, for people and scripts: DIR/endpoints.json.
struct Endpoints {
    std::string api, lab;  // URLs
    std::string dns;       // ADDR:PORT
    std::filesystem::path socket, token_file;
};

class StateDirectory {
  public:
    // Makes the directory and the secrets where they are missing.
    static Result<StateDirectory> open(const std::filesystem::path& path, Random& random);

    std::filesystem::path socket() const { return path_ / "pdns.sock"; }
    std::filesystem::path token_file() const { return path_ / "token"; }
    std::filesystem::path master_key_file() const { return path_ / "master.key"; }
    std::filesystem::path store_file() const { return path_ / "custdkim.db"; }
    std::filesystem::path config_file() const { return path_ / "custdkim.toml"; }
    std::filesystem::path pdns_config_file() const { return path_ / "pdns.conf"; }

    // All at once, or not at all: who waits for the file finds it whole.
    Result<void> write(const std::filesystem::path& file, std::string_view text) const;

    Result<void> write_endpoints(const Endpoints& endpoints) const;
    void remove_endpoints() const;

    // The lab's time when it last moved, for a store that outlives it: its clock must not go back.
    std::optional<Timestamp> last_time() const;
    void keep_time(Timestamp now) const;

  private:
    explicit StateDirectory(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;  // absolute
};

// The one that the lab's verbs look in when they are not told another.
std::filesystem::path usual_state_directory();

}  // namespace custdkim::lab
