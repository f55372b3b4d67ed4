// Memory for a C library that is given a private key: every block is wiped when it is freed, and what the
// library forgets is wiped and freed in the end. Not thread-safe: one for each message.
#pragma once

#include <cstddef>
#include <vector>

namespace custdkim {

class WipedMemory {
  public:
    struct Block {
        void* data = nullptr;
        std::size_t size = 0;
    };

    WipedMemory() = default;
    WipedMemory(const WipedMemory&) = delete;
    WipedMemory& operator=(const WipedMemory&) = delete;
    ~WipedMemory();

    void* allocate(std::size_t size);  // nullptr when there is no more
    void free(void* data);

    // The blocks handed out since then, oldest first, freed ones too.
    void watch();
    const std::vector<Block>& watched() const { return watched_; }

  private:
    struct alignas(std::max_align_t) Header {
        std::size_t size = 0;
        Header* before = nullptr;
        Header* after = nullptr;
    };

    void release(Header* header);

    Header* last_ = nullptr;
    bool watching_ = false;
    std::vector<Block> watched_;
};

// For C libraries that are told by what to allocate and free; `memory` is a WipedMemory.
extern "C" {
void* allocate_wiped(void* memory, std::size_t size);
void free_wiped(void* memory, void* data);
}

}  // namespace custdkim
