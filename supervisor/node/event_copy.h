// Brings a pod's events.jsonl into the API. An event is told apart by its name and its count, so
// that whatever is read twice (the daemon was away) is written once.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor/api/client.h"

namespace podrun::node {

/// New events of one pod since the last read(), each name once, as it now stands.
class EventTail {
 public:
  /// Of a file that is there already, the last `kReplay` bytes are read again: more than the rate
  /// limit lets a pod write in the hour that events live.
  explicit EventTail(std::string path) : path_(std::move(path)) {}
  std::vector<store::Json> read();

  static constexpr off_t kReplay = 256 << 10;

 private:
  std::string path_;
  Fd file_;
  std::string rest_;
  bool skip_first_ = false;
};

/// Creates the Event, or raises its count. One that is older than an hour (its lifetime) and not
/// there has expired, or was deleted: it stays so.
void copy_event(api::Client& client, const store::Json& event, WallTime now);

}  // namespace podrun::node
