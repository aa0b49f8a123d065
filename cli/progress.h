// A progress bar on a terminal's last line; nothing where there is no terminal.
#pragma once

#include <string>

#include "base/clock.h"
#include "rootfs-tools/import.h"

namespace podrun::cli {

/// The bar's text for a terminal of `width` columns: "layer 2/3  [=====>    ]  51%  12.1MB/24MB".
/// Where the total is unknown, the bytes alone. Never longer than the width.
std::string progress_line(const images::Progress& progress, std::size_t width);

/// Draws on standard error, at most 20 times a second; destroying it clears the line.
class ProgressBar {
 public:
  /// `quiet`: draw nothing, as without a terminal.
  explicit ProgressBar(bool quiet);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();
  void show(const images::Progress& progress);
  /// Takes the bar away, so that something else can be printed.
  void clear();

 private:
  bool active_;
  bool drawn_ = false;
  SystemClock clock_;
  Moment last_{};
  std::string what_;
};

}  // namespace podrun::cli
