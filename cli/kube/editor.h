// The user's editor, on a file of ours.
#pragma once

#include <string>

namespace podrun::kube {

/// A temporary file that holds what the user writes. It goes with this object unless keep() was
/// called.
class EditFile {
 public:
  /// `suffix`: ".yaml"
  explicit EditFile(const std::string& suffix);
  ~EditFile();
  EditFile(const EditFile&) = delete;
  EditFile& operator=(const EditFile&) = delete;

  const std::string& path() const { return path_; }
  void keep() { kept_ = true; }

  /// Runs $KUBE_EDITOR, $EDITOR or vi on the text and returns what was saved. Throws Error where
  /// the editor fails.
  std::string edit(const std::string& text);

 private:
  std::string path_;
  bool kept_ = false;
};

}  // namespace podrun::kube
