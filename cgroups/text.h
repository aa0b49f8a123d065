// The small text formats of cgroup files: words, flat keyed lines, pressure lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cgroups/stats.h"

namespace podrun::cgroups {

/// The parts between separators; empty parts are left out.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Words separated by blanks and newlines.
std::vector<std::string_view> words(std::string_view text);
/// Without the blanks and newlines around it.
std::string trimmed(std::string_view text);
bool has_word(std::string_view text, std::string_view word);

/// A whole decimal number; nothing else may follow but a newline. Nothing for "max".
std::optional<std::uint64_t> parse_u64(std::string_view text);

/// The number of the line "key number" of a flat keyed file (cpu.stat, memory.events).
std::optional<std::uint64_t> flat_value(std::string_view text, std::string_view key);

/// A pressure file: lines "some avg10=… avg60=… avg300=… total=…" and "full …".
std::optional<Pressure> parse_pressure(std::string_view text);

}  // namespace podrun::cgroups
