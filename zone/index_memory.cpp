#include "zone/index_memory.hpp"

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace custdkim {

namespace {

constexpr std::size_t huge_page = 2 << 20;

std::size_t whole_pages(std::size_t size) {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
}

}  // namespace

void IndexMemory::Blocks::do_deallocate(void* memory, std::size_t size, std::size_t alignment) {
    ASAN_UNPOISON_MEMORY_REGION(memory, size);  // nothing, where there is no AddressSanitizer
    unsynchronized_pool_resource::do_deallocate(memory, size, alignment);
}

void* IndexMemory::HugePages::do_allocate(std::size_t size, std::size_t alignment) {
    if (size < huge_page) return std::pmr::new_delete_resource()->allocate(size, alignment);
    // One huge page more than needed, and the ends given back, leaves the beginning aligned to huge pages.
    const std::size_t wanted = whole_pages(size);
    void* const mapped =
        ::mmap(nullptr, wanted + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    auto* const begin = static_cast<std::byte*>(mapped);
    const std::size_t skip = (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
    if (skip > 0) ::munmap(begin, skip);
    ::munmap(begin + skip + wanted, huge_page - skip);
    ::madvise(begin + skip, wanted, MADV_HUGEPAGE);  // where the kernel has none, small ones do
    return begin + skip;
}

void IndexMemory::HugePages::do_deallocate(void* memory, std::size_t size, std::size_t alignment) {
    if (size < huge_page) {
        std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
    } else {
        ::munmap(memory, whole_pages(size));
    }
}

}  // namespace custdkim
