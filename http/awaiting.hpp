// How the server's coroutines wait. For http/server.cpp only.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace custdkim::http {

// An error is a part of what is awaited.
inline constexpr auto no_throw = boost::asio::as_tuple(boost::asio::use_awaitable);

// Runs `work` on a thread of the pool, and comes back to the caller's with what it returned.
template <typename Work>
auto run_on(boost::asio::thread_pool& pool, Work work) -> boost::asio::awaitable<decltype(work())> {
    co_return co_await boost::asio::co_spawn(
        pool, [&]() -> boost::asio::awaitable<decltype(work())> { co_return work(); },
        boost::asio::use_awaitable);
}

}  // namespace custdkim::http
