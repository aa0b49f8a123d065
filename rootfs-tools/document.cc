#include "rootfs-tools/document.h"

#include "base/error.h"

namespace podrun::images {

namespace {

constexpr int kDeepest = 32;  // an image configuration has 5 levels

const Json* find_member(const Json& object, const char* key, const std::string& what) {
  if (!object.is_object()) throw BadInput(what + ": not a JSON object");
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

[[noreturn]] void wrong_type(const std::string& what, const char* key, const char* wanted) {
  throw BadInput(what + ": " + key + " is not " + wanted);
}

std::string checked_text(const Json& value, const std::string& what, const char* key,
                         const char* wanted) {
  if (!value.is_string()) wrong_type(what, key, wanted);
  const auto& text = value.get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos)
    throw BadInput(what + ": " + key + " holds a NUL character");
  return text;
}

}  // namespace

Json parse_document(std::string_view text, const std::string& what) {
  bool too_deep = false;
  const Json::parser_callback_t limit = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDeepest;
    if (too_deep) throw BadInput(what + ": JSON is nested too deep");
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), limit);
  } catch (const Json::parse_error& error) {
    throw BadInput(what + ": not valid JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception& error) {
    throw BadInput(what + ": not valid JSON");
  }
}

std::string text_member(const Json& object, const char* key, const std::string& what) {
  const Json* value = find_member(object, key, what);
  return value == nullptr ? "" : checked_text(*value, what, key, "a string");
}

std::vector<std::string> list_member(const Json& object, const char* key, const std::string& what) {
  std::vector<std::string> result;
  const Json& list = array_member(object, key, what);
  result.reserve(list.size());
  for (const Json& item : list) {
    result.push_back(checked_text(item, what, key, "a list of strings"));
  }
  return result;
}

const Json& object_member(const Json& object, const char* key, const std::string& what) {
  static const Json empty = Json::object();
  const Json* value = find_member(object, key, what);
  if (value == nullptr) return empty;
  if (!value->is_object()) wrong_type(what, key, "an object");
  return *value;
}

const Json& array_member(const Json& object, const char* key, const std::string& what) {
  static const Json empty = Json::array();
  const Json* value = find_member(object, key, what);
  if (value == nullptr) return empty;
  if (!value->is_array()) wrong_type(what, key, "a list");
  return *value;
}

}  // namespace podrun::images
