// A forked child, for what must not happen to the test program itself: being killed, losing its rights,
// running out of disk. The child never returns into Catch: it ends with its work, by _exit().
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>

#include "base/descriptor.hpp"

namespace custdkim::test {

class Child {
  public:
    // Runs work(say) in a child; say(text) sends text to the parent.
    template <typename Work>
    explicit Child(Work work) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        pid_ = ::fork();
        if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
        Descriptor reading(ends[0]), writing(ends[1]);
        if (pid_ != 0) {
            from_child_ = std::move(reading);
            return;
        }
        const auto say = [&](std::string_view text) {
            if (::write(writing.get(), text.data(), text.size()) < 0) ::_exit(2);
        };
        try {
            work(say);
        } catch (const std::exception& e) {
            say(std::string("exception: ") + e.what());
        }
        ::_exit(0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) kill();
    }

    pid_t pid() const { return pid_; }

    // Waits for `size` more octets from the child; fewer come back when it has ended.
    std::string hear(std::size_t size) {
        std::string text(size, '\0');
        std::size_t have = 0;
        while (have < size) {
            const ssize_t got = ::read(from_child_.get(), text.data() + have, size - have);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            have += static_cast<std::size_t>(got);
        }
        text.resize(have);
        return text;
    }
    // All that it says until it ends.
    std::string hear_all() { return hear(1 << 20); }

    void kill() {
        ::kill(pid_, SIGKILL);
        wait();
    }
    void wait() {
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }

  private:
    pid_t pid_ = -1;
    Descriptor from_child_;
};

}  // namespace custdkim::test
