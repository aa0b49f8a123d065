// One line of a CRI log: "2026-11-23T10:00:00.123456789Z stdout F text".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace podrun::pod {

enum class LogStream { kStdout, kStderr };

/// A line's parts; `text` points into the line it was parsed from.
struct CriLine {
  WallTime time;
  LogStream stream = LogStream::kStdout;
  bool partial = false;  // P: the text goes on in the next line of the same stream
  std::string_view text;
};

/// `line` without its line feed. Nothing where it is not a CRI line. Total: any bytes are fine.
std::optional<CriLine> parse_cri_line(std::string_view line);

/// "2026-11-23T10:00:00.123456789Z stdout F ": what stands before the text.
std::string cri_line_prefix(WallTime time, LogStream stream, bool partial);

}  // namespace podrun::pod
