// Which labels an object must have: `app=kubia,tier in (a,b),!canary` and metav1.LabelSelector
// (apimachinery/pkg/labels).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace podrun::manifest {

using Json = nlohmann::ordered_json;

/// A selector that does not parse; the text is Kubernetes' (an answer of 400).
class SelectorError : public BadInput {
  using BadInput::BadInput;
};

enum class LabelOperator {
  kEquals,
  kDoubleEquals,
  kNotEquals,
  kIn,
  kNotIn,
  kExists,
  kDoesNotExist,
  kGreaterThan,
  kLessThan,
};

struct LabelRequirement {
  std::string key;
  LabelOperator op = LabelOperator::kExists;
  std::vector<std::string> values;  // sorted, each once

  /// `labels` is an object of strings, or null where there are none.
  bool matches(const Json& labels) const;
  std::string to_string() const;
  bool operator==(const LabelRequirement&) const = default;
};

/// All requirements must hold. A default-constructed one matches everything.
class LabelSelector {
 public:
  /// labels.Parse: the `labelSelector` query parameter, kubectl's -l. Throws SelectorError.
  static LabelSelector parse(std::string_view text);
  /// metav1.LabelSelectorAsSelector: {matchLabels, matchExpressions}. Null matches nothing, an
  /// empty one everything. Throws SelectorError for an operator that there is not.
  static LabelSelector from_label_selector(const Json& selector);
  /// A plain map, as ReplicationControllers and Services have. Null or empty matches everything.
  static LabelSelector from_map(const Json& labels);
  static LabelSelector nothing();

  /// `labels` is metadata.labels, or null.
  bool matches(const Json& labels) const;
  /// Of a whole object.
  bool matches_object(const Json& object) const;
  /// Restricts nothing.
  bool empty() const { return !nothing_ && requirements_.empty(); }
  bool matches_nothing() const { return nothing_; }
  const std::vector<LabelRequirement>& requirements() const { return requirements_; }
  /// `app=kubia,tier in (a,b)`, by key; "" where it is empty.
  std::string to_string() const;

 private:
  void sort();
  std::vector<LabelRequirement> requirements_;
  bool nothing_ = false;
};

/// metav1.FormatLabelSelector: the SELECTOR column of what has a LabelSelector. "<none>" where it
/// is empty.
std::string format_label_selector(const Json& selector);
/// labels.FormatLabels: the SELECTOR column of what has a plain map; "<none>" where it is empty.
std::string format_labels(const Json& labels);

}  // namespace podrun::manifest
