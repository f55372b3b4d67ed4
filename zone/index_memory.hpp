// Memory for the index: many small blocks that live together. Kept in huge pages (madvise(2)) once there is
// enough of it: with two million names on 4 KiB pages, a look-up spends most of its time walking page tables.
// Not thread-safe.
#pragma once

#include <memory_resource>

namespace custdkim {

class IndexMemory {
  public:
    // For blocks of up to 4 KiB: freed ones are used again, but are not given back before the end.
    std::pmr::memory_resource* resource() { return &blocks_; }
    // For tables: in pages of their own from 2 MiB on, and given back when they are freed.
    std::pmr::memory_resource* large() { return &pages_; }

  private:
    class HugePages final : public std::pmr::memory_resource {
        void* do_allocate(std::size_t size, std::size_t alignment) override;
        void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override;
        bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
            return this == &other;
        }
    };

    // absl's B-tree gives its nodes back poisoned; malloc would wash them for AddressSanitizer, a pool does
    // not.
    class Blocks final : public std::pmr::unsynchronized_pool_resource {
        using unsynchronized_pool_resource::unsynchronized_pool_resource;
        void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override;
    };

    HugePages pages_;
    std::pmr::monotonic_buffer_resource chunks_{65536, &pages_};
    Blocks blocks_{std::pmr::pool_options{0, 4096}, &chunks_};
};

}  // namespace custdkim
