#include "supervisor/daemon/idle_memory.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <sstream>

#include "base/files.h"

namespace podrun::daemon {

std::vector<TextMapping> text_mappings(const std::string& maps) {
  std::vector<TextMapping> found;
  std::istringstream lines(maps);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream in(line);
    std::string rights, offset, device;
    std::uint64_t inode = 0;
    TextMapping mapping;
    char dash = 0;
    in >> std::hex >> mapping.begin >> dash >> mapping.end >> rights >> offset >> device >>
        std::dec >> inode;
    if (in && dash == '-' && rights == "r-xp" && inode != 0) found.push_back(mapping);
  }
  return found;
}

void give_memory_back() {
  ::malloc_trim(0);
  const auto maps = read_file_if_exists("/proc/self/maps");
  if (!maps) return;
  for (const TextMapping& mapping : text_mappings(*maps)) {
    ::madvise(reinterpret_cast<void*>(mapping.begin),  // NOLINT(performance-no-int-to-ptr)
              mapping.end - mapping.begin, MADV_DONTNEED);
  }
}

}  // namespace podrun::daemon
