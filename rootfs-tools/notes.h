// Remarks to the user while a source is read, held to a number that a person reads.
#pragma once

#include <string>

#include "rootfs-tools/import.h"

namespace podrun::images {

class Notes {
 public:
  explicit Notes(NoteFunction function) : function_(std::move(function)) {}
  void add(const std::string& text) {
    if (!function_ || count_ > kMost) return;
    function_(++count_ > kMost ? "more of the kind is not shown" : text);
  }

 private:
  static constexpr int kMost = 20;
  NoteFunction function_;
  int count_ = 0;
};

}  // namespace podrun::images
