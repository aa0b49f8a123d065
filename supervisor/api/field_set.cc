#include "supervisor/api/field_set.h"

#include "supervisor/api/field_path.h"

namespace podrun::api {
namespace {

/// Deeper than any object; a client may write what it likes into managedFields.
constexpr int kDeepest = 100;

FieldSet read(const Json& fields, bool is_root, int depth) {
  FieldSet set;
  if (!fields.is_object() || depth > kDeepest) return set;
  if (!is_root && (fields.empty() || fields.contains("."))) set.add_member();
  for (const auto& [key, value] : fields.items()) {
    if (const auto element = canonical_element(key)) {
      set.put(*element, read(value, false, depth + 1));
    }
  }
  return set;
}

Json written(const FieldSet& set, bool is_root) {
  Json fields = Json::object();
  if (!is_root && set.is_member() && !set.below().empty()) fields["."] = Json::object();
  for (const auto& [element, below] : set.below()) fields[element] = written(below, false);
  return fields;
}

}  // namespace

FieldSet FieldSet::from_json(const Json& fields) { return read(fields, true, 0); }

Json FieldSet::to_json() const { return written(*this, true); }

void FieldSet::put(const std::string& element, FieldSet set) {
  if (!set.empty()) below_[element] = std::move(set);
}

void FieldSet::erase(std::string_view element) {
  if (const auto found = below_.find(element); found != below_.end()) below_.erase(found);
}

const FieldSet* FieldSet::find(std::string_view element) const {
  const auto found = below_.find(element);
  return found == below_.end() ? nullptr : &found->second;
}

FieldSet* FieldSet::find(std::string_view element) {
  const auto found = below_.find(element);
  return found == below_.end() ? nullptr : &found->second;
}

FieldSet FieldSet::united(const FieldSet& other) const {
  FieldSet out = *this;
  out.owned_ = owned_ || other.owned_;
  for (const auto& [element, below] : other.below_) {
    const FieldSet* mine = find(element);
    out.below_[element] = mine == nullptr ? below : mine->united(below);
  }
  return out;
}

FieldSet FieldSet::without(const FieldSet& other) const {
  FieldSet out;
  out.owned_ = owned_ && !other.owned_;
  for (const auto& [element, below] : below_) {
    const FieldSet* theirs = other.find(element);
    out.put(element, theirs == nullptr ? below : below.without(*theirs));
  }
  return out;
}

FieldSet FieldSet::shared(const FieldSet& other) const {
  FieldSet out;
  out.owned_ = owned_ && other.owned_;
  for (const auto& [element, below] : below_) {
    if (const FieldSet* theirs = other.find(element)) out.put(element, below.shared(*theirs));
  }
  return out;
}

FieldSet FieldSet::with_named_fields() const {
  FieldSet out;
  out.owned_ = owned_;
  for (const auto& [element, below] : below_) {
    FieldSet named = below.with_named_fields();
    if (element.starts_with("f:")) named.owned_ = true;
    out.put(element, std::move(named));
  }
  return out;
}

void FieldSet::visit_leaves(const Visit& visit) const {
  std::vector<std::string_view> path;
  visit_from(path, visit);
}

void FieldSet::visit_from(std::vector<std::string_view>& path, const Visit& visit) const {
  if (below_.empty() && owned_) visit(path);
  for (const auto& [element, below] : below_) {
    path.emplace_back(element);
    below.visit_from(path, visit);
    path.pop_back();
  }
}

}  // namespace podrun::api
