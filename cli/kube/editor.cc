#include "cli/kube/editor.h"

#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/run_program.h"

namespace podrun::kube {
namespace {

std::string editor_words() {
  for (const char* name : {"KUBE_EDITOR", "EDITOR"}) {
    const char* words = std::getenv(name);
    if (words != nullptr && *words != '\0') return words;
  }
  return "vi";
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
  // The words are a shell's: they may have arguments and quotes.
  const ExitStatus end = run_program({"/bin/sh", "-c", words + " \"$1\"", "editor", path_});
  if (end != ExitStatus()) {
    throw Error("there was a problem with the editor \"" + words + "\"");
  }
  return read_file(path_);
}

}  // namespace podrun::kube
