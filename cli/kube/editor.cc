#include "cli/kube/editor.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"

namespace podrun::kube {
namespace {

std::string editor_words() {
  for (const char* name : {"KUBE_EDITOR", "EDITOR"}) {
    const char* words = std::getenv(name);
    if (words != nullptr && *words != '\0') return words;
  }
  return "vi";
}

/// The words are a shell's: they may have arguments and quotes.
int run_shell(const std::string& words, const std::string& path) {
  std::string script = words + " \"$1\"", shell = "/bin/sh", flag = "-c", name = "editor";
  std::string file = path;
  std::array<char*, 6> argv{shell.data(), flag.data(), script.data(),
                            name.data(),  file.data(), nullptr};
  pid_t child = -1;
  const int failure = ::posix_spawn(&child, shell.c_str(), nullptr, nullptr, argv.data(), environ);
  if (failure != 0) throw Error("start the editor", failure);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw_errno("wait for the editor");
  }
  return status;
}

}  // namespace

EditFile::EditFile(const std::string& suffix) {
  const char* folder = std::getenv("TMPDIR");
  path_ = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") +
          "/podrun-edit-XXXXXX" + suffix;
  const Fd file(::mkostemps(path_.data(), static_cast<int>(suffix.size()), O_CLOEXEC));
  if (!file) throw_errno("make a file to edit in: " + path_);
}

EditFile::~EditFile() {
  if (!kept_) ::unlink(path_.c_str());
}

std::string EditFile::edit(const std::string& text) {
  // The file itself is written, not replaced: it is only its owner's to read.
  write_all(open_path(path_, O_WRONLY | O_TRUNC).get(), text, path_);
  const std::string words = editor_words();
  const int status = run_shell(words, path_);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    throw Error("there was a problem with the editor \"" + words + "\": exit code " +
                std::to_string(code));
  }
  return read_file(path_);
}

}  // namespace podrun::kube
