#include "supervisor/store/store.h"

#include <algorithm>
#include <deque>
#include <set>
#include <string_view>
#include <unordered_map>

#include "supervisor/store/database.h"

namespace podrun::store {
namespace {

struct ByKey {
  using is_transparent = void;
  bool operator()(const Object& a, const Object& b) const { return a.key < b.key; }
  bool operator()(const Object& a, const ObjectKey& b) const { return a.key < b; }
  bool operator()(const ObjectKey& a, const Object& b) const { return a < b.key; }
};
// One order for all: the objects of a resource, and of a namespace in it, lie side by side.
using Objects = std::set<Object, ByKey>;

std::string quoted(const ObjectKey& key) {
  return key.resource + " \"" + (key.namespace_.empty() ? "" : key.namespace_ + "/") + key.name +
         "\"";
}

Object make_object(const ObjectKey& key, std::int64_t revision, Json json) {
  if (!json.is_object()) throw Error("store " + quoted(key) + ": not a JSON object");
  Json& metadata = json["metadata"];
  if (!metadata.is_null() && !metadata.is_object()) {
    throw Error("store " + quoted(key) + ": its metadata is not a JSON object");
  }
  metadata["resourceVersion"] = std::to_string(revision);
  std::string text;
  try {
    text = json.dump();
  } catch (const Json::type_error&) {
    // Not UTF-8, as a container's last words may be: what is shown is what is stored.
    text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    json = Json::parse(text);
  }
  Object object{key, revision, LazyJson::of_both(std::move(text), std::move(json)), nullptr};
  object.text = object.json.text();
  return object;
}

}  // namespace

struct Store::State {
  State(const std::string& path, const Options& with) : options(with), database(path) {
    for (Object& object : database.load()) objects.emplace_hint(objects.end(), std::move(object));
    revision = started_at = database.revision();
  }

  Objects::iterator existing(const ObjectKey& key, std::optional<std::int64_t> expected);
  void replace(Objects::iterator old, const Object& object);
  void undo();
  void deliver();
  void forget_tree(const ObjectKey& key);

  Options options;
  Database database;
  Objects objects;
  std::int64_t revision = 1;
  std::vector<Change> uncommitted;

  /// The latest committed change by resource; of those that are not in it, `started_at` at most.
  std::unordered_map<std::string, std::int64_t> latest;
  std::int64_t started_at = 1;

  std::vector<std::weak_ptr<Callback>> subscribers;
  std::deque<Change> undelivered;
  bool delivering = false;
};

Objects::iterator Store::State::existing(const ObjectKey& key,
                                         std::optional<std::int64_t> expected) {
  const auto found = objects.find(key);
  if (found == objects.end()) throw NotFound(quoted(key) + " not found");
  if (expected && *expected != found->revision) {
    throw Conflict(quoted(key) + " is at revision " + std::to_string(found->revision) + ", not " +
                   std::to_string(*expected));
  }
  return found;
}

void Store::State::replace(Objects::iterator old, const Object& object) {
  objects.emplace_hint(objects.erase(old), object);
}

void Store::State::undo() {
  // The revisions stay used: someone may have read them.
  for (auto change = uncommitted.rbegin(); change != uncommitted.rend(); ++change) {
    const auto now = objects.find(change->object.key);
    if (now != objects.end()) objects.erase(now);
    if (change->previous) objects.insert(*change->previous);
  }
  uncommitted.clear();
}

/// Of an object that nobody else holds.
void Store::State::forget_tree(const ObjectKey& key) {
  const auto& bare = options.text_only;
  if (std::find(bare.begin(), bare.end(), key.resource) == bare.end()) return;
  const auto found = objects.find(key);
  // The object's own two: one by its tree, one by its text.
  if (found == objects.end() || found->text.use_count() != 2) return;
  Object object = *found;
  object.json = LazyJson::of_text(*found->text);
  object.text = object.json.text();
  replace(found, object);
}

void Store::State::deliver() {
  // A callback that commits adds to the queue; those changes are told after these.
  if (delivering) return;
  delivering = true;
  while (!undelivered.empty()) {
    std::optional<Change> change = std::move(undelivered.front());
    undelivered.pop_front();
    // By index: a callback may subscribe. It must not throw: the write is done, and others wait.
    const auto tell = [this, &change](std::size_t i) noexcept {
      if (const auto callback = subscribers[i].lock()) (*callback)(*change);
    };
    for (std::size_t i = 0; i < subscribers.size(); ++i) tell(i);
    std::erase_if(subscribers, [](const auto& subscriber) { return subscriber.expired(); });
    const ObjectKey key = change->object.key;
    change.reset();
    forget_tree(key);
  }
  delivering = false;
}

Store Store::open(const std::string& path, const Options& options) {
  return Store(std::make_unique<State>(path, options));
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

const Object* Store::find(const ObjectKey& key) const {
  const auto found = state_->objects.find(key);
  return found == state_->objects.end() ? nullptr : &*found;
}

std::vector<Object> Store::list(const std::string& resource, const std::string& namespace_) const {
  std::vector<Object> found;
  const Objects& objects = state_->objects;
  for (auto at = objects.lower_bound(ObjectKey{resource, namespace_, ""});
       at != objects.end() && at->key.resource == resource; ++at) {
    if (!namespace_.empty() && at->key.namespace_ != namespace_) break;
    found.push_back(*at);
  }
  return found;
}

std::int64_t Store::revision() const { return state_->revision; }

Object Store::create(const ObjectKey& key, Json json) {
  const auto place = state_->objects.lower_bound(key);
  if (place != state_->objects.end() && place->key == key) {
    throw AlreadyExists(quoted(key) + " already exists");
  }
  Object object = make_object(key, state_->revision + 1, std::move(json));
  state_->uncommitted.push_back({ChangeKind::kAdded, object, {}});
  state_->objects.emplace_hint(place, object);
  ++state_->revision;
  return object;
}

Object Store::update(const ObjectKey& key, Json json, std::optional<std::int64_t> expected) {
  const auto old = state_->existing(key, expected);
  Object object = make_object(key, state_->revision + 1, std::move(json));
  state_->uncommitted.push_back({ChangeKind::kModified, object, *old});
  state_->replace(old, object);
  ++state_->revision;
  return object;
}

Object Store::remove(const ObjectKey& key, std::optional<std::int64_t> expected) {
  const auto old = state_->existing(key, expected);
  Object object = make_object(key, state_->revision + 1, *old->json);
  state_->uncommitted.push_back({ChangeKind::kDeleted, object, *old});
  state_->objects.erase(old);
  ++state_->revision;
  return object;
}

bool Store::has_uncommitted() const { return !state_->uncommitted.empty(); }

void Store::commit() {
  State& state = *state_;
  if (state.uncommitted.empty()) return;
  std::size_t total = state.objects.size();  // before the writes
  for (const Change& change : state.uncommitted) {
    if (change.kind == ChangeKind::kAdded) --total;
    if (change.kind == ChangeKind::kDeleted) ++total;
  }
  const auto history = static_cast<std::int64_t>(state.options.history);
  try {
    state.database.write(state.uncommitted, total, state.revision - history);
  } catch (...) {
    state.undo();
    throw;
  }
  for (Change& change : state.uncommitted) {
    state.latest[change.object.key.resource] = change.object.revision;
    state.undelivered.push_back(std::move(change));
  }
  state.uncommitted.clear();
  state.deliver();
}

Store::Subscription Store::subscribe(Callback callback) {
  auto life = std::make_shared<Callback>(std::move(callback));
  state_->subscribers.push_back(life);
  return Subscription(std::move(life));
}

std::optional<std::vector<Change>> Store::changes_since(const std::string& resource,
                                                        std::int64_t revision) const {
  const std::int64_t committed = state_->database.revision();
  const auto history = static_cast<std::int64_t>(state_->options.history);
  if (revision < std::max(state_->database.compacted(), committed - history)) return std::nullopt;
  const auto latest = state_->latest.find(resource);
  const std::int64_t last = latest == state_->latest.end() ? state_->started_at : latest->second;
  if (revision >= last) return std::vector<Change>();
  return state_->database.read_changes(resource, revision);
}

}  // namespace podrun::store
