// System calls as the child of a birth makes them: the result, or minus errno. No allocation, no
// locks, no cancellation points; safe between clone and execve.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace podrun::runtime {

template <typename... Arguments>
long raw(long number, Arguments... arguments) {
  const long result = ::syscall(number, arguments...);
  return result < 0 ? -errno : result;
}

/// The same for calls that return an int, such as a descriptor.
template <typename... Arguments>
int raw_int(long number, Arguments... arguments) {
  return static_cast<int>(raw(number, arguments...));
}

}  // namespace podrun::runtime
