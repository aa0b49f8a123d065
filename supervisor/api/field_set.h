// A set of paths to fields: what a manager owns of an object (fieldsV1 of metadata.managedFields).
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// A tree: a path may be a member itself, and so may paths below it. No branch is without members.
class FieldSet {
 public:
  /// From fieldsV1; what is no path is left out. Bounded in depth.
  static FieldSet from_json(const Json& fields);
  Json to_json() const;

  bool empty() const { return !owned_ && below_.empty(); }
  bool is_member() const { return owned_; }
  bool operator==(const FieldSet&) const = default;

  void add_member() { owned_ = true; }
  /// Puts `set` below an element; an empty one changes nothing.
  void put(const std::string& element, FieldSet set);
  void erase(std::string_view element);
  /// What is below an element; null where nothing is.
  const FieldSet* find(std::string_view element) const;
  FieldSet* find(std::string_view element);
  const std::map<std::string, FieldSet, std::less<>>& below() const { return below_; }

  FieldSet united(const FieldSet& other) const;
  /// Members that are not members of `other`.
  FieldSet without(const FieldSet& other) const;
  FieldSet shared(const FieldSet& other) const;
  /// With every field that leads to a member a member, too.
  FieldSet with_named_fields() const;
  /// Paths with nothing below them.
  using Visit = std::function<void(const std::vector<std::string_view>& path)>;
  void visit_leaves(const Visit& visit) const;

 private:
  void visit_from(std::vector<std::string_view>& path, const Visit& visit) const;

  bool owned_ = false;
  std::map<std::string, FieldSet, std::less<>> below_;
};

}  // namespace podrun::api
