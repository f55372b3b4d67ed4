#include "backend/counters.hpp"

namespace custdkim::backend {

Counters::Row Counters::read(std::size_t row) const {
    Row sum;
    for (const Stripe& stripe : stripes_) {
        const Stripe::Cells& cells = stripe.rows_.at(row);
        for (std::size_t i = 0; i < ending_count; ++i)
            sum.ended[i] += cells.ended[i].load(std::memory_order_relaxed);
        sum.took += cells.took.read();
    }
    return sum;
}

Counters::Row Counters::total() const {
    Row sum;
    for (std::size_t row = 0; row <= other_methods; ++row) {
        const Row one = read(row);
        for (std::size_t i = 0; i < ending_count; ++i) sum.ended[i] += one.ended[i];
        sum.took += one.took;
    }
    return sum;
}

}  // namespace custdkim::backend
