// A watch: the changes of a resource as a stream of events, from a revision on.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "supervisor/api/http.h"
#include "supervisor/store/store.h"

namespace podrun::api {

struct WatchOptions {
  std::string resource;    // "pods", "replicasets.apps"
  std::string namespace_;  // empty: all
  std::function<bool(const store::Json&)> matches;
  /// The object as this client wants it (version, table), as JSON text.
  std::function<std::string(const store::Object&)> render;
  /// Changes after this one; none: the present objects first, as ADDED.
  std::optional<std::int64_t> since;
  /// A BOOKMARK after the present objects (sendInitialEvents).
  bool initial_bookmark = false;
  /// One at each tick, too: who was told nothing for long goes on from there all the same.
  bool bookmarks = false;
  std::string bookmark_type;  // {"kind":…,"apiVersion":…} of bookmarks, as an object's head
};

/// Throws ApiError 410 where the history does not reach back to `since`.
void check_watch(const store::Store& store, const WatchOptions& options);

/// Starts it on `sink`. An object that begins to match is ADDED, one that stops is DELETED
/// (apiserver/pkg/storage/cacher).
std::unique_ptr<Stream> start_watch(store::Store& store, WatchOptions options,
                                    std::shared_ptr<StreamSink> sink);

/// `{"type":"ADDED","object":…}` and a line feed.
std::string watch_event(const char* type, const std::string& object);

}  // namespace podrun::api
