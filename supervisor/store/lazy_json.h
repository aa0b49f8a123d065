// JSON that is parsed when it is first looked at: a start with ten thousand objects reads their
// texts only, and what nobody looks at costs no tree.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace podrun::store {

using Json = nlohmann::ordered_json;

/// Stands for a std::shared_ptr<const Json> and converts from and to one. Copies share the tree.
/// Not thread-safe: the first look parses.
class LazyJson {
 public:
  LazyJson() = default;
  /// A tree that is there already.
  template <typename T>
  requires std::convertible_to<std::shared_ptr<T>, std::shared_ptr<const Json>> LazyJson(
      std::shared_ptr<T> json)  // NOLINT(google-explicit-constructor): stands for one
      : version_(json ? std::make_shared<Version>(Version{"", std::move(json)}) : nullptr) {}
  /// `text` must be JSON: what Json::dump() gave.
  static LazyJson of_text(std::string text) {
    return LazyJson(std::make_shared<Version>(Version{std::move(text), nullptr}));
  }
  /// Both forms of the same value.
  static LazyJson of_both(std::string text, Json json) {
    return LazyJson(std::make_shared<Version>(
        Version{std::move(text), std::make_shared<const Json>(std::move(json))}));
  }

  /// Null where it stands for nothing.
  const Json* get() const { return tree().get(); }
  const Json& operator*() const { return *tree(); }
  const Json* operator->() const { return get(); }
  explicit operator bool() const { return version_ != nullptr; }
  bool operator==(std::nullptr_t) const { return version_ == nullptr; }
  operator std::shared_ptr<const Json>() const {  // NOLINT(google-explicit-constructor): ditto
    return tree();
  }

  /// Null where it was made from a tree alone.
  std::shared_ptr<const std::string> text() const {
    if (!version_ || version_->text.empty()) return nullptr;
    return {version_, &version_->text};
  }

 private:
  struct Version {
    std::string text;
    std::shared_ptr<const Json> json;  // null until it is looked at
  };
  explicit LazyJson(std::shared_ptr<Version> version) : version_(std::move(version)) {}

  std::shared_ptr<const Json> tree() const {
    if (!version_) return nullptr;
    if (!version_->json) {
      version_->json = std::make_shared<const Json>(Json::parse(version_->text));
    }
    return version_->json;
  }

  std::shared_ptr<Version> version_;
};

}  // namespace podrun::store
