// Who may do what over the API: scopes, and the caller that has them. Plain values.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim {

// What a request needs. `none`: nothing, not even a token. `lease` gives private keys away. `admin` has all
// the others in it.
enum class Scope : unsigned { none, read, operate, sign, lease, admin };

// What a token may have.
inline constexpr std::array all_scopes = {Scope::read, Scope::operate, Scope::sign, Scope::lease,
                                          Scope::admin};

std::string_view to_string(Scope scope);

class Scopes {
  public:
    Scopes() = default;
    Scopes(std::initializer_list<Scope> scopes);

    void add(Scope scope);
    bool contains(Scope scope) const;  // this very one
    bool allow(Scope needed) const;    // `admin` allows all of them

    bool operator==(const Scopes&) const = default;

  private:
    unsigned bits_ = 0;
};

// "read,operate", in the order of the enum; and back. Refuses `none`, what is no scope, and an empty list.
std::string to_string(const Scopes& scopes);
Result<Scopes> parse_scopes(std::string_view text);

struct Caller {
    std::string name = "operator";  // as the audit log has it; of other tokens "token:NAME"
    Scopes scopes;
    std::string org = {};    // the only organisation whose keys are there for them; "": all are
    std::string token = {};  // Token::id; "": the operator's own, or none
};

// Of tokens and organisations: 1 to 64 letters, digits, '-', '_' and '.'. `what` is "an organisation".
Result<void> check_plain_name(std::string_view name, std::string_view what);

}  // namespace custdkim
