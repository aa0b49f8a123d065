// Text for people: columns for events and status, container output behind its container's name.
#include <algorithm>
#include <array>
#include <optional>

#include "base/duration.h"
#include "base/error.h"
#include "cli/render.h"

namespace podrun::cli {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
/// One per container, in the order in which they first speak.
constexpr std::array<std::string_view, 6> kPalette = {"\x1b[36m", "\x1b[32m", "\x1b[35m",
                                                      "\x1b[34m", "\x1b[96m", "\x1b[92m"};

std::string pad(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string pad_left(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

/// An event's message may carry what a program answered: its lines are kept together below the
/// first, and what would steer a terminal is replaced.
std::string message_text(const std::string& message, std::size_t indent) {
  std::string text;
  const std::size_t end = message.find_last_not_of('\n') + 1;
  for (const char c : std::string_view(message).substr(0, end)) {
    if (c == '\n') {
      text += "\n" + std::string(indent, ' ');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += byte < 0x20 && c != '\t' ? '?' : byte == 0x7f ? '?' : c;
    }
  }
  return text;
}

/// A text field; what is missing or of another type is `otherwise`.
std::string text_of(const Renderer::Json& object, const char* name, const char* otherwise = "") {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::optional<WallTime> time_of(const Renderer::Json& object, const char* name) {
  try {
    return parse_rfc3339(text_of(object, name));
  } catch (const BadInput&) {
    return std::nullopt;
  }
}

/// " (x3 over 20s)", as describe shows a counted event.
std::string count_text(const Renderer::Json& event) {
  const auto found = event.find("count");
  const auto count = found != event.end() && found->is_number_integer() ? found->get<int>() : 1;
  if (count < 2) return "";
  std::string text = " (x" + std::to_string(count);
  const auto first = time_of(event, "firstTimestamp");
  const auto last = time_of(event, "lastTimestamp");
  if (first && last) text += " over " + human_duration(*last - *first);
  return text + ")";
}

class TextRenderer final : public Renderer {
 public:
  explicit TextRenderer(const TextForm& form) : form_(form) {}

  std::string event(const PodName& pod, const Json& event, Nanoseconds since) override {
    if (form_.quiet) return "";
    const std::string type = text_of(event, "type", "Normal");
    return row(since, type, type == "Warning" ? kYellow : std::string_view(),
               text_of(event, "reason"), pod.name, text_of(event, "message") + count_text(event));
  }

  std::string log(const PodName& pod, const LogLine& line) override {
    if (!form_.name_containers) return line.text + "\n";
    const std::string name = form_.several_pods ? pod.name + "/" + line.container : line.container;
    return paint(color_of(name), "[" + name + "]") + " " + line.text + "\n";
  }

  std::string status(const PodName& pod, const Json& /*status*/, const pod::Summary& row_now,
                     Nanoseconds since) override {
    if (form_.quiet) return "";
    pod::Summary& before = rows_[pod.uid];
    if (before == row_now) return "";
    before = row_now;
    std::string text = "ready " + std::to_string(row_now.ready) + "/" +
                       std::to_string(row_now.total) + ", restarts " +
                       std::to_string(row_now.restarts);
    return row(since, "Status", kBold, row_now.status, pod.name, text);
  }

  std::string notice(const std::string& text, Nanoseconds since) override {
    if (form_.quiet) return "";
    return paint(kDim, pad_left(elapsed_text(since), kAgeWidth)) + "  " + paint(kBold, text) + "\n";
  }

 private:
  static constexpr std::size_t kAgeWidth = 6, kTypeWidth = 7, kReasonWidth = 17;

  std::string paint(std::string_view color, const std::string& text) const {
    if (!form_.color || color.empty()) return text;
    return std::string(color) + text + std::string(kReset);
  }

  std::string row(Nanoseconds since, const std::string& type, std::string_view color,
                  const std::string& reason, const std::string& pod,
                  const std::string& message) const {
    const std::string object = "pod/" + pod;
    const std::string reason_cell = pad(reason, kReasonWidth);
    const std::size_t indent =
        kAgeWidth + 2 + kTypeWidth + 2 + reason_cell.size() + 2 + object.size() + 2;
    return paint(kDim, pad_left(elapsed_text(since), kAgeWidth)) + "  " +
           paint(color, pad(type, kTypeWidth) + "  " + reason_cell) + "  " + object + "  " +
           message_text(message, indent) + "\n";
  }

  std::string_view color_of(const std::string& name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    const auto index = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) names_.push_back(name);
    return kPalette[index % kPalette.size()];
  }

  TextForm form_;
  std::vector<std::string> names_;
  std::map<std::string, pod::Summary> rows_;
};

}  // namespace

std::unique_ptr<Renderer> make_text_renderer(const TextForm& form) {
  return std::make_unique<TextRenderer>(form);
}

std::string elapsed_text(Nanoseconds since) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto tenths = duration_cast<milliseconds>(since).count() / 100;
  if (tenths < 0) return "0.0s";
  if (tenths < 100) return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "s";
  return human_duration(since);
}

}  // namespace podrun::cli
