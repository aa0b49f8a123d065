#include "supervisor/manifest/cron_schedule.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/go_duration.h"
#include "base/go_text.h"
#include "base/text.h"

namespace podrun::manifest {

namespace {

using Text = std::string_view;

struct Bounds {
  std::int64_t least, most;
  std::vector<Text> names;  // of least, least + 1, …
};

const Bounds kMinutes{0, 59, {}};
const Bounds kHours{0, 23, {}};
const Bounds kDays{1, 31, {}};
const Bounds kMonths{
    1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}};
const Bounds kWeekdays{0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}};
constexpr std::size_t kFields = 5;

std::vector<Text> split(Text text, char at) {
  std::vector<Text> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == Text::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<Text> words_of(Text text) {
  constexpr Text kBlanks = " \t\r\n\v\f";
  std::vector<Text> words;
  for (;;) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == Text::npos) return words;
    text.remove_prefix(begin);
    const std::size_t end = text.find_first_of(kBlanks);
    words.push_back(text.substr(0, end));
    if (end == Text::npos) return words;
    text.remove_prefix(end);
  }
}

std::int64_t parse_number(Text text) {
  std::int64_t number = 0;
  const bool has_sign = text.starts_with('+');
  const Text digits = has_sign ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = !digits.empty() && error != std::errc::invalid_argument &&
                         end == digits.data() + digits.size() &&
                         !(has_sign && digits.starts_with('-'));
  if (!is_number || error == std::errc::result_out_of_range) {
    throw BadInput("failed to parse int from " + std::string(text) + ": strconv.Atoi: parsing " +
                   go_quote(text) + ": " + (is_number ? "value out of range" : "invalid syntax"));
  }
  if (number < 0) {
    throw BadInput("negative number (" + std::to_string(number) +
                   ") not allowed: " + std::string(text));
  }
  return number;
}

std::int64_t parse_value(Text text, const Bounds& bounds) {
  const std::string word = lowercase(text);
  const auto found = std::find(bounds.names.begin(), bounds.names.end(), word);
  if (found == bounds.names.end()) return parse_number(text);
  return bounds.least + std::distance(bounds.names.begin(), found);
}

struct Range {
  std::int64_t first, last, step = 1;
};

void check_range(const Range& range, const Bounds& bounds, const std::string& shown) {
  const auto number = [](std::int64_t value) { return "(" + std::to_string(value) + ")"; };
  if (range.first < bounds.least) {
    throw BadInput("beginning of range " + number(range.first) + " below minimum " +
                   number(bounds.least) + ": " + shown);
  }
  if (range.last > bounds.most) {
    throw BadInput("end of range " + number(range.last) + " above maximum " + number(bounds.most) +
                   ": " + shown);
  }
  if (range.first > range.last) {
    throw BadInput("beginning of range " + number(range.first) + " beyond end of range " +
                   number(range.last) + ": " + shown);
  }
  if (range.step == 0) throw BadInput("step of range should be a positive number: " + shown);
}

std::uint64_t bits_of(const Range& range) {
  std::uint64_t bits = 0;
  for (std::int64_t i = range.first;; i += range.step) {
    bits |= std::uint64_t{1} << i;
    if (range.step > range.last - i) return bits;
  }
}

/// `*`, `?`, N, N-M, each with /STEP. `is_any` is set for a star.
std::uint64_t parse_range(Text text, const Bounds& bounds, bool& is_any) {
  const std::string shown(text);
  const std::vector<Text> steps = split(text, '/');
  const std::vector<Text> ends = split(steps.front(), '-');
  Range range{bounds.least, bounds.most};
  const bool is_star = ends.front() == "*" || ends.front() == "?";
  if (!is_star) {
    range.first = range.last = parse_value(ends.front(), bounds);
    if (ends.size() == 2) range.last = parse_value(ends[1], bounds);
    if (ends.size() > 2) throw BadInput("too many hyphens: " + shown);
  }
  if (steps.size() > 2) throw BadInput("too many slashes: " + shown);
  if (steps.size() == 2) {
    range.step = parse_number(steps[1]);
    // "N/step" is "N-max/step".
    if (ends.size() == 1) range.last = bounds.most;
  }
  check_range(range, bounds, shown);
  // With a step it is a restriction like any other.
  if (is_star && range.step == 1) is_any = true;
  return bits_of(range);
}

std::uint64_t parse_field(Text text, const Bounds& bounds, bool& is_any) {
  std::uint64_t bits = 0;
  for (const Text each : split(text, ',')) {
    if (!each.empty()) bits |= parse_range(each, bounds, is_any);
  }
  return bits;
}

/// Whole seconds, at least one.
Seconds parse_every(const std::string& text, Text duration) {
  try {
    return std::max(std::chrono::floor<Seconds>(parse_duration(duration)), Seconds(1));
  } catch (const BadInput& error) {
    // Go has no advice.
    Text what = error.what();
    if (!error.hint().empty()) what.remove_suffix(error.hint().size() + Text(" ()").size());
    throw BadInput("failed to parse duration " + text + ": " + std::string(what));
  }
}

CronSchedule parse_fields(const std::string& text) {
  const std::vector<Text> fields = words_of(text);
  if (fields.size() != kFields) {
    const std::vector<std::string> shown(fields.begin(), fields.end());
    throw BadInput("expected exactly 5 fields, found " + std::to_string(fields.size()) + ": [" +
                   joined(shown, " ") + "]");
  }
  CronSchedule schedule;
  bool unused = false;
  schedule.minutes = parse_field(fields[0], kMinutes, unused);
  schedule.hours = parse_field(fields[1], kHours, unused);
  schedule.days = parse_field(fields[2], kDays, schedule.any_day);
  schedule.months = parse_field(fields[3], kMonths, unused);
  schedule.weekdays = parse_field(fields[4], kWeekdays, schedule.any_weekday);
  return schedule;
}

CronSchedule parse_word(const std::string& text) {
  constexpr Text kEvery = "@every ";
  CronSchedule schedule;
  if (text.starts_with(kEvery)) {
    schedule.every = parse_every(text, Text(text).substr(kEvery.size()));
    return schedule;
  }
  constexpr std::pair<Text, const char*> kWords[] = {
      {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
      {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
      {"@hourly", "0 * * * *"}};
  for (const auto& [word, meaning] : kWords) {
    if (text == word) return parse_fields(meaning);
  }
  throw BadInput("unrecognized descriptor: " + text);
}

}  // namespace

CronSchedule parse_cron(const std::string& text) {
  if (text.empty()) throw BadInput("empty spec string");
  std::string rest = text;
  std::string zone;
  if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
    const std::size_t blank = text.find(' ');
    const std::size_t begin = text.find('=') + 1;
    if (blank == std::string::npos) throw BadInput("provided bad location " + text.substr(begin));
    zone = text.substr(begin, blank - begin);
    rest = trimmed(Text(text).substr(blank));
  }
  CronSchedule schedule = rest.starts_with('@') ? parse_word(rest) : parse_fields(rest);
  schedule.zone = std::move(zone);
  return schedule;
}

}  // namespace podrun::manifest
