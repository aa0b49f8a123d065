#include "base/run_program.h"

#include <spawn.h>
#include <unistd.h>

#include "base/error.h"

extern char** environ;  // NOLINT: POSIX's name

namespace podrun {

ExitStatus run_program(std::vector<std::string> words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int failure = ::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
  if (failure != 0) throw Error("start " + words[0], failure);
  return Process::open(pid).reap();
}

}  // namespace podrun
