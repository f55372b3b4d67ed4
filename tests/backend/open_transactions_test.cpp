// Transactions that are found again by their number.
#include <catch2/catch.hpp>

#include "backend/open_transactions.hpp"

namespace custdkim::test {

using backend::OpenTransactions;
using backend::Transaction;

namespace {

void begin(OpenTransactions& all, std::int64_t number) {
    all.in(number, [](Transaction& transaction) { transaction = {true, false, "custdkim.example.net"}; });
}

Transaction look_at(OpenTransactions& all, std::int64_t number) {
    Transaction seen;
    all.in(number, [&](const Transaction& transaction) { seen = transaction; });
    return seen;
}

}  // namespace

TEST_CASE("A transaction is found again by its number, until it ends") {
    OpenTransactions all;
    begin(all, 1);
    all.in(1, [](Transaction& transaction) { transaction.was_refused = true; });
    CHECK(look_at(all, 1).was_refused);
    CHECK_FALSE(look_at(all, 2).is_open);
    all.in(1, [](Transaction& transaction) { transaction = {}; });
    CHECK_FALSE(look_at(all, 1).is_open);
}

TEST_CASE("A change that was refused stays so when another transaction of that number begins") {
    OpenTransactions all;
    begin(all, 1);
    all.in(1, [](Transaction& transaction) { transaction.was_refused = true; });
    begin(all, 1);
    CHECK(look_at(all, 1).was_refused);
}

TEST_CASE("Of the transactions that nobody ends, the oldest are forgotten") {
    OpenTransactions all;
    for (std::int64_t number = 1; number <= 1001; ++number) begin(all, number);
    CHECK_FALSE(look_at(all, 1).is_open);
    CHECK(look_at(all, 2).is_open);
    CHECK(look_at(all, 1001).is_open);
}

}  // namespace custdkim::test
