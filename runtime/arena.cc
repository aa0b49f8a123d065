#include "runtime/arena.h"

#include <sys/mman.h>

#include <cstring>

#include "base/error.h"

namespace podrun::runtime {

Arena::Arena(std::size_t capacity) : capacity_(capacity) {
  void* mapping = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) throw_errno("map memory for births");
  base_ = static_cast<char*>(mapping);
}

Arena::~Arena() { ::munmap(base_, capacity_); }

void Arena::end_use() {
  if (--users_ == 0) used_ = 0;
}

void* Arena::allocate(std::size_t size, std::size_t alignment) {
  const std::size_t start = (used_ + alignment - 1) / alignment * alignment;
  if (start > capacity_ || size > capacity_ - start)
    throw Error("plan a birth: arguments and environment are too large");
  used_ = start + size;
  return base_ + start;
}

const char* Arena::copy(std::string_view text) {
  char* copied = static_cast<char*>(allocate(text.size() + 1, 1));
  std::memcpy(copied, text.data(), text.size());
  copied[text.size()] = '\0';
  return copied;
}

const void* Arena::copy_bytes(const void* data, std::size_t size, std::size_t alignment) {
  void* copied = allocate(size, alignment);
  if (size != 0) std::memcpy(copied, data, size);
  return copied;
}

}  // namespace podrun::runtime
