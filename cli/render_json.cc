// One JSON object a line, for programs.
#include "cli/render.h"

namespace podrun::cli {
namespace {

using Json = Renderer::Json;

/// Bytes that are not UTF-8 become U+FFFD: JSON has no place for them.
std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

class JsonRenderer final : public Renderer {
 public:
  std::string event(const PodName&, const Json& event, Nanoseconds) override {
    return line_of({{"type", "EVENT"}, {"object", event}});
  }

  std::string log(const PodName& pod, const LogLine& line) override {
    return line_of({{"type", "LOG"},
                    {"namespace", pod.namespace_},
                    {"pod", pod.name},
                    {"container", line.container},
                    {"time", line.time},
                    {"stream", line.stream},
                    {"log", line.text}});
  }

  std::string status(const PodName& pod, const Json& status, const pod::Summary&,
                     Nanoseconds) override {
    Json object{{"apiVersion", "v1"}, {"kind", "Pod"}};
    object["metadata"] = {{"name", pod.name}, {"namespace", pod.namespace_}, {"uid", pod.uid}};
    object["status"] = status;
    return line_of({{"type", "STATUS"}, {"object", object}});
  }

  std::string notice(const std::string& text, Nanoseconds) override {
    return line_of({{"type", "NOTICE"}, {"message", text}});
  }
};

}  // namespace

std::unique_ptr<Renderer> make_json_renderer() { return std::make_unique<JsonRenderer>(); }

}  // namespace podrun::cli
