// RFC 6902. Our own, since nlohmann's asserts that what a path leads through is no scalar.
#include <algorithm>
#include <charconv>
#include <optional>

#include "supervisor/api/patch.h"

namespace podrun::api {
namespace {

/// Kubernetes' limits on patches that grow out of proportion.
constexpr std::size_t kMostOperations = 10'000;
constexpr std::size_t kMostCopied = std::size_t{3} << 20;  // bytes of JSON

/// Kubernetes keeps what went wrong to itself.
ApiError rejected() {
  return unprocessable("the server rejected our request due to an error in our request");
}

using Path = std::vector<std::string>;

/// `/spec/containers/0`; `~1` is a slash and `~0` a tilde.
Path path_of(const Json& operation, const char* field) {
  const auto found = operation.find(field);
  if (found == operation.end() || !found->is_string()) throw rejected();
  const auto& text = found->get_ref<const std::string&>();
  Path path;
  if (text.empty()) return path;
  if (text[0] != '/') throw rejected();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '/') {
      path.emplace_back();
    } else if (text.compare(at, 2, "~1") == 0) {
      path.back() += '/';
      ++at;
    } else if (text.compare(at, 2, "~0") == 0) {
      path.back() += '~';
      ++at;
    } else {
      path.back() += text[at];
    }
  }
  return path;
}

/// An index below `size`; a negative one counts from the end.
std::optional<std::size_t> index_of(const std::string& token, std::size_t size) {
  int index = 0;
  const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (failure != std::errc() || end != token.data() + token.size()) return {};
  if (index < 0) index += static_cast<int>(size);
  if (index < 0 || static_cast<std::size_t>(index) >= size) return {};
  return static_cast<std::size_t>(index);
}

/// Null where nothing is there.
Json* child(Json& parent, const std::string& token) {
  if (parent.is_object()) {
    const auto found = parent.find(token);
    return found == parent.end() ? nullptr : &*found;
  }
  if (!parent.is_array()) return nullptr;
  const auto index = index_of(token, parent.size());
  return index ? &parent[*index] : nullptr;
}

Json* find(Json& document, const Path& path, std::size_t depth) {
  Json* at = &document;
  for (std::size_t step = 0; step < depth && at != nullptr; ++step) at = child(*at, path[step]);
  return at;
}

Json& parent_of(Json& document, const Path& path) {
  Json* parent = path.empty() ? nullptr : find(document, path, path.size() - 1);
  if (parent == nullptr) throw rejected();
  return *parent;
}

Json& existing(Json& document, const Path& path) {
  Json* found = find(document, path, path.size());
  if (found == nullptr) throw rejected();
  return *found;
}

void add(Json& document, const Path& path, Json value) {
  if (path.empty()) {
    document = std::move(value);
    return;
  }
  Json& parent = parent_of(document, path);
  if (parent.is_object()) {
    parent[path.back()] = std::move(value);
    return;
  }
  if (!parent.is_array()) throw rejected();
  if (path.back() == "-") {
    parent.push_back(std::move(value));
    return;
  }
  const auto index = index_of(path.back(), parent.size() + 1);
  if (!index) throw rejected();
  parent.insert(parent.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
}

Json take(Json& document, const Path& path) {
  Json value = existing(document, path);
  Json& parent = parent_of(document, path);
  if (parent.is_object()) {
    parent.erase(path.back());
  } else {
    parent.erase(*index_of(path.back(), parent.size()));
  }
  return value;
}

const Json& value_of(const Json& operation) {
  const auto found = operation.find("value");
  if (found == operation.end()) throw rejected();
  return *found;
}

bool is_prefix(const Path& shorter, const Path& longer) {
  return shorter.size() < longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

void move(Json& document, const Path& from, const Path& to) {
  if (is_prefix(from, to)) throw rejected();
  if (from.empty()) throw rejected();
  add(document, to, take(document, from));
}

void test(Json& document, const Path& path, const Json& operation) {
  static const Json null;
  const auto value = operation.find("value");
  const Json& expected = value == operation.end() ? null : *value;
  const Json* found = find(document, path, path.size());
  if (found == nullptr ? !expected.is_null() : !nlohmann::json(*found).operator==(expected)) {
    throw rejected();
  }
}

}  // namespace

Json apply_json_patch(Json object, const Json& patch) {
  if (patch.size() > kMostOperations) {
    throw too_large("The allowed maximum operations in a JSON patch is " +
                    std::to_string(kMostOperations) + ", got " + std::to_string(patch.size()));
  }
  std::size_t copied = 0;
  for (const Json& operation : patch) {
    if (!operation.is_object()) throw rejected();
    const auto op = operation.find("op");
    if (op == operation.end() || !op->is_string()) throw rejected();
    const auto& name = op->get_ref<const std::string&>();
    const Path path = path_of(operation, "path");
    if (name == "add") {
      add(object, path, value_of(operation));
    } else if (name == "remove") {
      take(object, path);
    } else if (name == "replace") {
      existing(object, path) = value_of(operation);
    } else if (name == "move") {
      move(object, path_of(operation, "from"), path);
    } else if (name == "copy") {
      Json value = existing(object, path_of(operation, "from"));
      copied += value.dump(-1, ' ', false, Json::error_handler_t::replace).size();
      if (copied > kMostCopied) throw rejected();
      add(object, path, std::move(value));
    } else if (name == "test") {
      test(object, path, operation);
    } else {
      throw rejected();
    }
  }
  return object;
}

}  // namespace podrun::api
