#include "sending/wiped_memory.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace custdkim {

WipedMemory::~WipedMemory() {
    while (last_) release(last_);
}

void* WipedMemory::allocate(std::size_t size) {
    void* const raw = std::malloc(sizeof(Header) + size);
    if (!raw) return nullptr;
    Header* const header = new (raw) Header{size, last_, nullptr};
    if (last_) last_->after = header;
    last_ = header;
    void* const data = header + 1;
    if (watching_) watched_.push_back({data, size});
    return data;
}

void WipedMemory::free(void* data) {
    if (data) release(static_cast<Header*>(data) - 1);
}

void WipedMemory::watch() {
    watching_ = true;
    watched_.clear();
}

void WipedMemory::release(Header* header) {
    if (header->before) header->before->after = header->after;
    (header->after ? header->after->before : last_) = header->before;
    explicit_bzero(header, sizeof(Header) + header->size);
    std::free(header);
}

extern "C" {
void* allocate_wiped(void* memory, std::size_t size) {
    return static_cast<WipedMemory*>(memory)->allocate(size);
}
void free_wiped(void* memory, void* data) { static_cast<WipedMemory*>(memory)->free(data); }
}

}  // namespace custdkim
