// The pod's events: counted and combined by EventRecorder, appended to events.jsonl once per turn
// of the loop.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor/manifest/meta.h"
#include "supervisor/pod/events.h"

namespace podrun::pod {

class EventLog {
 public:
  /// Opens `path` for appending, made where missing. `host` is the node's name.
  EventLog(const std::string& path, const manifest::ObjectMeta& pod, std::string host,
           const Clock& clock);

  void normal(const std::string& reason, const std::string& message,
              const std::string& field_path = "", const std::string& source = "kubelet");
  void warning(const std::string& reason, const std::string& message,
               const std::string& field_path = "");
  /// Writes what was recorded since the last call. A full disk loses lines, never the supervisor.
  void flush();

 private:
  void record(EventType type, const std::string& reason, const std::string& message,
              const std::string& field_path, const std::string& source);

  Fd file_;
  std::string object_;
  EventContext origin_;
  const Clock& clock_;
  EventRecorder recorder_;
  std::string pending_;
  std::uint64_t lost_ = 0;
};

}  // namespace podrun::pod
