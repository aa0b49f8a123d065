#include "tests/support/temp_dir.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "base/error.h"
#include "base/files.h"

namespace podrun::test {

TempDir::TempDir(const std::string& prefix, std::string parent) {
  if (const char* given = std::getenv("TMPDIR"); parent.empty() && given != nullptr) parent = given;
  path_ = (parent.empty() ? "/tmp" : parent) + "/" + prefix + "-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) throw_errno("mkdtemp " + path_);
}

TempDir::~TempDir() {
  try {
    remove_tree(path_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

std::string TempDir::name() const { return path_.substr(path_.rfind('/') + 1); }

}  // namespace podrun::test
