#include "supervisor/api/watch.h"

#include <utility>

#include "supervisor/api/api_error.h"

namespace podrun::api {
namespace {

class Watch final : public Stream {
 public:
  Watch(store::Store& store, WatchOptions options, std::shared_ptr<StreamSink> sink)
      : store_(store), options_(std::move(options)), sink_(std::move(sink)) {
    // What is not committed would be listed now and come as a change later.
    if (store.has_uncommitted()) store.commit();
    start_ = options_.since.value_or(store.revision());
    if (options_.since) {
      const auto missed = store.changes_since(options_.resource, *options_.since);
      if (!missed) {
        send("ERROR", expired("too old resource version").to_json().dump());
        sink_->close();
        return;
      }
      for (const store::Change& change : *missed) on_change(change);
    } else {
      for (const store::Object& object : store.list(options_.resource, options_.namespace_)) {
        if (options_.matches(*object.json)) send("ADDED", options_.render(object));
      }
      if (options_.initial_bookmark) bookmark(store.revision(), true);
    }
    if (ended_) return;
    subscription_ = store.subscribe([this](const store::Change& change) { on_change(change); });
  }

  void tick() override {
    // Not past changes that this watch has not told yet.
    if (options_.bookmarks && !store_.has_uncommitted()) bookmark(store_.revision(), false);
  }

 private:
  bool concerns(const store::Object& object) const {
    return object.key.resource == options_.resource &&
           (options_.namespace_.empty() || object.key.namespace_ == options_.namespace_);
  }

  void on_change(const store::Change& change) {
    if (ended_ || change.object.revision <= start_ || !concerns(change.object)) return;
    const bool now =
        change.kind != store::ChangeKind::kDeleted && options_.matches(*change.object.json);
    const bool before = change.previous && options_.matches(*change.previous->json);
    if (!now && !before) return;
    if (now) {
      send(before ? "MODIFIED" : "ADDED", options_.render(change.object));
    } else {
      send("DELETED", options_.render(last_match(change)));
    }
  }

  /// What no longer matches is told as it last did, at the revision of the change.
  static store::Object last_match(const store::Change& change) {
    if (change.kind == store::ChangeKind::kDeleted) return change.object;
    store::Json json = *change.previous->json;
    json["metadata"]["resourceVersion"] = std::to_string(change.object.revision);
    return {change.object.key, change.object.revision,
            std::make_shared<const store::Json>(std::move(json)), nullptr};
  }

  void bookmark(std::int64_t revision, bool end_of_initial) {
    store::Json object = store::Json::parse(options_.bookmark_type);
    object["metadata"]["resourceVersion"] = std::to_string(revision);
    if (end_of_initial) object["metadata"]["annotations"]["k8s.io/initial-events-end"] = "true";
    send("BOOKMARK", object.dump());
  }

  void send(const char* type, const std::string& object) {
    if (ended_ || sink_->write(watch_event(type, object))) return;
    ended_ = true;
    subscription_.reset();
  }

  const store::Store& store_;
  WatchOptions options_;
  std::shared_ptr<StreamSink> sink_;
  std::int64_t start_ = 0;  // what is this old, the client knows
  bool ended_ = false;      // the client is gone
  store::Store::Subscription subscription_;
};

}  // namespace

std::string watch_event(const char* type, const std::string& object) {
  return std::string("{\"type\":\"") + type + "\",\"object\":" + object + "}\n";
}

void check_watch(const store::Store& store, const WatchOptions& options) {
  if (options.since && !store.changes_since(options.resource, *options.since)) {
    throw expired("too old resource version: " + std::to_string(*options.since) + " (" +
                  std::to_string(store.revision()) + ")");
  }
}

std::unique_ptr<Stream> start_watch(store::Store& store, WatchOptions options,
                                    std::shared_ptr<StreamSink> sink) {
  return std::make_unique<Watch>(store, std::move(options), std::move(sink));
}

}  // namespace podrun::api
