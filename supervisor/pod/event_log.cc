#include "supervisor/pod/event_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace podrun::pod {

EventLog::EventLog(const std::string& path, const manifest::ObjectMeta& pod, std::string host,
                   const Clock& clock)
    : file_(open_path(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644)),
      object_("Pod/" + pod.name),
      origin_{pod.namespace_, pod.uid, std::move(host)},
      clock_(clock) {}

void EventLog::normal(const std::string& reason, const std::string& message,
                      const std::string& field_path, const std::string& source) {
  record(EventType::kNormal, reason, message, field_path, source);
}

void EventLog::warning(const std::string& reason, const std::string& message,
                       const std::string& field_path) {
  record(EventType::kWarning, reason, message, field_path, "kubelet");
}

void EventLog::record(EventType type, const std::string& reason, const std::string& message,
                      const std::string& field_path, const std::string& source) {
  Event event;
  event.object = object_;
  event.field_path = field_path;
  event.type = type;
  event.reason = reason;
  event.message = message;
  event.source = source;
  if (const auto recorded = recorder_.record(std::move(event), clock_.wall())) {
    // Messages may carry any bytes that a container wrote.
    pending_ +=
        to_json(*recorded, origin_).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
        "\n";
  }
}

void EventLog::flush() {
  if (pending_.empty()) return;
  const std::string lines = std::exchange(pending_, "");
  const ssize_t written = ::write(file_.get(), lines.data(), lines.size());
  lost_ += written == static_cast<ssize_t>(lines.size()) ? 0 : 1;
}

}  // namespace podrun::pod
