// A folder that lives as long as a test.
#pragma once

#include <string>

namespace podrun::test {

/// Makes a unique folder below `parent`, or $TMPDIR (or /tmp), and removes the tree in the end. Its
/// name is a good marker for Leaks: every mount, cgroup and process of the test can carry it.
class TempDir {
 public:
  explicit TempDir(const std::string& prefix = "podrun-test", std::string parent = "");
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  /// The last part of the path: "podrun-test-Xa81kq".
  std::string name() const;
  /// The path of `child` inside the folder; it is not made.
  std::string operator/(const std::string& child) const { return path_ + "/" + child; }

 private:
  std::string path_;
};

}  // namespace podrun::test
