#include "supervisor/node/event_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

// kube-apiserver's --event-ttl.
constexpr Seconds kLifetime{3600};

std::int64_t count_of(const Json& event) {
  const auto found = event.find("count");
  return found != event.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool has_expired(const Json& event, WallTime now) {
  try {
    return now - parse_rfc3339(event.value("lastTimestamp", "")) > kLifetime;
  } catch (const std::exception&) {
    return true;
  }
}

}  // namespace

std::vector<Json> EventTail::read() {
  if (!file_) {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return {};
    if (fd < 0) throw_errno("open " + path_);
    file_ = Fd(fd);
    struct stat status {};
    if (::fstat(fd, &status) == 0 && status.st_size > kReplay) {
      ::lseek(fd, -kReplay, SEEK_END);
      skip_first_ = true;  // the seek ended somewhere within a line
    }
  }
  rest_ += read_all(file_.get());
  std::vector<Json> events;
  std::map<std::string, std::size_t> index;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    if (std::exchange(skip_first_, false)) continue;
    Json event = Json::parse(rest_.begin() + static_cast<std::ptrdiff_t>(begin),
                             rest_.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    const std::string name = text_at(event, "metadata", "name");
    if (name.empty()) continue;
    const auto [at, fresh] = index.try_emplace(name, events.size());
    if (fresh) {
      events.push_back(std::move(event));
    } else {
      events[at->second] = std::move(event);
    }
  }
  rest_.erase(0, begin);
  return events;
}

void copy_event(api::Client& client, const Json& event, WallTime now) {
  const store::ObjectKey key{"events", text_at(event, "metadata", "namespace"),
                             text_at(event, "metadata", "name")};
  const store::Object* present = client.get(key);
  if (present == nullptr) {
    if (!has_expired(event, now)) client.create(key.resource, key.namespace_, event);
    return;
  }
  if (count_of(*present->json) >= count_of(event)) return;
  Json raised = event;
  raised["metadata"] = present->json->at("metadata");
  client.update(key, std::move(raised));
}

}  // namespace podrun::node
