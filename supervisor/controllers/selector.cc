#include "supervisor/controllers/selector.h"

namespace podrun::controllers {
namespace {

/// A map's values are texts: one with a key of these names is no LabelSelector.
bool is_structured(const Json& selector) {
  const Json* labels = find(selector, {"matchLabels"});
  const Json* expressions = find(selector, {"matchExpressions"});
  return (labels != nullptr && labels->is_object()) ||
         (expressions != nullptr && expressions->is_array());
}

bool is_empty(const Json& selector) {
  if (!is_structured(selector)) return selector.empty();
  const Json* labels = find(selector, {"matchLabels"});
  const Json* expressions = find(selector, {"matchExpressions"});
  return (labels == nullptr || labels->empty()) && (expressions == nullptr || expressions->empty());
}

}  // namespace

Selector Selector::of(const Json& controller) {
  Selector selector;
  const Json* given = find(controller, {"spec", "selector"});
  if (given == nullptr || !given->is_object() || is_empty(*given)) return selector;
  try {
    selector.labels_ = is_structured(*given) ? manifest::LabelSelector::from_label_selector(*given)
                                             : manifest::LabelSelector::from_map(*given);
  } catch (const manifest::SelectorError&) {
    // Validation lets none by; it then selects nothing.
  }
  return selector;
}

bool Selector::matches(const Json& object) const {
  static const Json none;
  const Json* labels = find(object, {"metadata", "labels"});
  return labels_.matches(labels == nullptr ? none : *labels);
}

}  // namespace podrun::controllers
