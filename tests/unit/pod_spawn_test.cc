// Where podrun's own programs are looked for.
#include <gtest/gtest.h>

#include <filesystem>

#include "supervisor/pod/spawn.h"

namespace podrun::pod {
namespace {

TEST(FindProgram, ExpectsBesideItselfWhatIsNotThere) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(find_program(self.filename()), self);
  EXPECT_EQ(find_program("podrun-absent"), self.parent_path() / "podrun-absent");
}

}  // namespace
}  // namespace podrun::pod
