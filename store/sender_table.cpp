#include "store/sender_table.hpp"

#include <algorithm>

#include "store/key_rows.hpp"
#include "store/outcomes.hpp"

namespace custdkim::sqlite {

namespace {

Sender read_sender(const Statement& statement) {
    Sender sender;
    sender.org = statement.text(1);
    sender.address = statement.text(2);
    sender.domain = statement.text(3);
    sender.added_at = Timestamp(Duration(statement.number(4)));
    if (const auto at = statement.optional_number(5)) sender.confirmed_at = Timestamp(Duration(*at));
    if (const auto octets = statement.blob(6); octets.size() == std::tuple_size_v<Sha256>) {
        std::copy(octets.begin(), octets.end(), sender.code.emplace().begin());
    }
    sender.code_ends_at = Timestamp(Duration(statement.number(7)));
    return sender;
}

std::optional<Sender> only(Statement& bound) {
    std::optional<Sender> found;
    while (bound.step()) found = read_sender(bound);
    return found;
}

std::optional<std::int64_t> number_of(const std::optional<bool>& flag) {
    return flag ? std::optional<std::int64_t>(*flag ? 1 : 0) : std::nullopt;
}

}  // namespace

SenderPage SenderTable::list(const SenderFilter& filter, std::int64_t after) {
    const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(filter.limit, INT64_MAX - 1)) + 1;
    const auto confirmed = number_of(filter.confirmed);
    Statement& statement =
        filter.domain.empty() ? (filter.org.empty() ? list_all_.bind(after, confirmed, most)
                                                    : list_org_.bind(after, confirmed, most, filter.org))
        : filter.org.empty()  ? list_domain_.bind(after, confirmed, most, filter.domain)
                              : list_both_.bind(after, confirmed, most, filter.domain, filter.org);
    SenderPage page;
    std::int64_t last = 0;
    while (statement.step()) {
        if (page.senders.size() == filter.limit) {
            page.next = std::to_string(last);
            statement.reset();
            break;
        }
        page.senders.push_back(read_sender(statement));
        last = statement.number(0);
    }
    return page;
}

std::optional<Sender> SenderTable::find(std::string_view org, std::string_view address) {
    return only(find_.bind(address, org));
}

std::optional<Sender> SenderTable::find_code(const Sha256& code) {
    return only(find_code_.bind(std::span<const std::uint8_t>(code)));
}

void SenderTable::put(const Sender& sender) {
    has_org_.bind(sender.org);
    const bool has_org = has_org_.step();
    has_org_.reset();
    if (!has_org) throw Failure{outcomes::no_organisation(sender.org)};
    const auto code = sender.code ? std::optional(std::span<const std::uint8_t>(*sender.code)) : std::nullopt;
    put_.bind(sender.org, sender.address, sender.domain, seconds(sender.added_at),
              seconds(sender.confirmed_at), code, seconds(sender.code_ends_at))
        .run();
}

void SenderTable::remove(std::string_view org, std::string_view address) {
    remove_.bind(address, org).run();
    if (database_.changed_rows() == 0) throw Failure{outcomes::no_sender(org, address)};
}

}  // namespace custdkim::sqlite
