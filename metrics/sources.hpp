// Where the figures come from: counters that their owners keep anyway. To read them all costs the same
// however many keys there are, and holds nobody up.
#pragma once

#include "api/request_figures.hpp"
#include "backend/counters.hpp"
#include "base/clock.hpp"
#include "keys/key_census.hpp"
#include "keys/measured_looks.hpp"
#include "keys/pair_pool.hpp"
#include "keys/rotator.hpp"
#include "store/measured_store.hpp"
#include "webhooks/couriers.hpp"
#include "zone/zones.hpp"

namespace custdkim::metrics {

// All outlive whoever reads.
struct Sources {
    const Clock& clock;
    const backend::Counters& backend;
    const api::RequestFigures& api;
    KeyCensus& keys;
    const Rotator& rotator;
    const MeasuredLooks& looks;
    const PairPool& pool;
    std::size_t pool_size = 0;  // as configured
    const MeasuredStore& store;
    const Zones& zones;
    const webhooks::Couriers& webhooks;
};

}  // namespace custdkim::metrics
