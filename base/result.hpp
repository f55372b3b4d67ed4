// Result<T>: a value, or an Error with a small closed code and one sentence that names the culprit and the
// remedy. Errors are made where they are understood and rendered at the edges only: backend/protocol.cpp,
// api/problem.cpp and the command line. Exceptions are for start-up failures and broken invariants.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace custdkim {

enum class Errc {
    invalid,      // the caller's input is wrong and stays wrong
    refused,      // well-formed, but we do not do that for this domain, selector, ...
    not_found,    // no such key
    conflict,     // at odds with what is there now
    changed,      // not as the caller has seen it any more
    busy,         // somebody else holds the thing
    unavailable,  // could not be reached or done now; trying again may help
    no_space,     // the disk is full; nothing was changed
    corrupt,      // what we stored is not what we read
    internal,     // our own mistake
};

std::string_view to_string(Errc code);

struct Error {
    Errc code = Errc::internal;
    std::string detail;
};

template <typename T>
using Result = boost::system::result<T, Error>;

// What Result<T>::value() throws when there is no value.
class ErrorException : public std::runtime_error {
  public:
    explicit ErrorException(Error error) : std::runtime_error(error.detail), error_(std::move(error)) {}
    const Error& error() const { return error_; }

  private:
    Error error_;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

inline Error invalid(std::string detail) { return {Errc::invalid, std::move(detail)}; }
inline Error refused(std::string detail) { return {Errc::refused, std::move(detail)}; }

}  // namespace custdkim
