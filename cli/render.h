// What happens in pods, as text: pure functions of what was read from a pod's files.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/summary.h"

namespace podrun::cli {

struct PodName {
  std::string namespace_, name, uid;
};

/// One line (or part of one) that a container wrote.
struct LogLine {
  std::string container;
  std::string time;    // RFC 3339 with nanoseconds
  std::string stream;  // stdout or stderr
  std::string text;    // without the newline
};

/// Turns observations into what is written to standard output. Each call returns whole lines, or
/// nothing where the form has no place for it.
class Renderer {
 public:
  using Json = nlohmann::ordered_json;
  virtual ~Renderer() = default;
  /// `event`: core/v1 Event. `since`: the time since the start of the run.
  virtual std::string event(const PodName& pod, const Json& event, Nanoseconds since) = 0;
  virtual std::string log(const PodName& pod, const LogLine& line) = 0;
  /// `status`: core/v1 PodStatus. Text shows it only where its summary changed.
  virtual std::string status(const PodName& pod, const Json& status, const pod::Summary& row,
                             Nanoseconds since) = 0;
  /// podrun's own words: what it does about a signal.
  virtual std::string notice(const std::string& text, Nanoseconds since) = 0;
};

struct TextForm {
  bool color = false;
  bool quiet = false;         // only what containers write
  bool several_pods = false;  // the pod's name goes before the container's
  bool name_containers = true;
};
std::unique_ptr<Renderer> make_text_renderer(const TextForm& form);
/// One JSON object a line: {"type": "EVENT" | "STATUS" | "LOG" | "NOTICE", …}.
std::unique_ptr<Renderer> make_json_renderer();

/// "0.3s" below ten seconds, then as kubectl shows ages.
std::string elapsed_text(Nanoseconds since);

}  // namespace podrun::cli
