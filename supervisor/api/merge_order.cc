#include "supervisor/api/merge_order.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "supervisor/api/api_error.h"

namespace podrun::api {
namespace {

/// An element with its places in two orders; nothing where it is not in them.
struct Placed {
  Json* item = nullptr;
  std::optional<std::size_t> wanted, before;
};

std::optional<std::size_t> place_in(const std::vector<Json>& keys, const Json& value) {
  const auto found = std::find(keys.begin(), keys.end(), value);
  if (found == keys.end()) return {};
  return static_cast<std::size_t>(found - keys.begin());
}

std::vector<Json> keys_of(const Json& list, std::string_view key) {
  std::vector<Json> keys;
  for (const Json& item : list) keys.push_back(key_value(item, key));
  return keys;
}

}  // namespace

Json key_value(const Json& item, std::string_view key) {
  if (key.empty()) return item;
  const auto found = item.is_object() ? item.find(key) : item.end();
  if (found == item.end()) {
    throw unprocessable("map: " + item.dump() +
                        " does not contain declared merge key: " + std::string(key));
  }
  return *found;
}

Json* find_matching(Json& list, std::string_view key, const Json& value) {
  for (Json& item : list) {
    const auto found = item.find(key);
    if (found != item.end() && *found == value) return &item;
  }
  return nullptr;
}

void erase_matching(Json& list, std::string_view key, const Json& value) {
  Json kept = Json::array();
  for (Json& item : list) {
    const auto found = item.find(key);
    if (found == item.end() || *found != value) kept.push_back(std::move(item));
  }
  list = std::move(kept);
}

Json in_order(Json merged, const Json& wanted, const Json& before, std::string_view key) {
  const std::vector<Json> wanted_keys = keys_of(wanted, key), before_keys = keys_of(before, key);
  std::vector<Placed> asked, others;
  for (Json& item : merged) {
    const Json value = key_value(item, key);
    const Placed placed{&item, place_in(wanted_keys, value), place_in(before_keys, value)};
    (placed.wanted ? asked : others).push_back(placed);
  }
  std::stable_sort(asked.begin(), asked.end(),
                   [](const Placed& a, const Placed& b) { return *a.wanted < *b.wanted; });
  Json result = Json::array();
  auto other = others.begin();
  for (const Placed& placed : asked) {
    while (other != others.end() && other->before && placed.before &&
           *other->before < *placed.before) {
      result.push_back(std::move(*(other++)->item));
    }
    result.push_back(std::move(*placed.item));
  }
  for (; other != others.end(); ++other) result.push_back(std::move(*other->item));
  return result;
}

}  // namespace podrun::api
