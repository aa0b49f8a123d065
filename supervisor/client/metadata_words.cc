#include "supervisor/client/metadata_words.h"

#include "base/error.h"
#include "supervisor/api/json_path.h"
#include "supervisor/manifest/formats.h"

namespace podrun::client {
namespace {

bool is_change(const std::string& word) {
  return word.find('=') != std::string::npos || (word.size() > 1 && word.ends_with('-'));
}

void check(const std::string& what, const std::string& text, const manifest::Problems& problems) {
  if (!problems.empty()) throw BadInput("invalid " + what + ": \"" + text + "\": " + problems[0]);
}

void add_change(MetadataChanges& changes, const std::string& word, bool labels) {
  const std::string what = labels ? "label" : "annotation";
  const auto equals = word.find('=');
  if (equals == std::string::npos) {
    if (!is_change(word)) throw BadInput("unknown " + what + " spec: " + word);
    changes.removed.insert(word.substr(0, word.size() - 1));
    return;
  }
  const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
  if (key.empty() || (labels && value.find('=') != std::string::npos)) {
    throw BadInput("invalid " + what + " spec: " + word);
  }
  check(what + " key", word, manifest::check_qualified_name(key));
  if (labels) check("label value", word, manifest::check_label_value(value));
  changes.set[key] = value;
}

}  // namespace

MetadataWords parse_metadata_words(const std::vector<std::string>& words, bool labels) {
  MetadataWords parsed;
  bool objects = true;
  for (const std::string& word : words) {
    objects = objects && !is_change(word);
    if (objects) {
      parsed.objects.push_back(word);
    } else {
      add_change(parsed.changes, word, labels);
    }
  }
  for (const std::string& key : parsed.changes.removed) {
    if (parsed.changes.set.contains(key)) {
      throw BadInput("\"" + key + "\" is both set and removed");
    }
  }
  return parsed;
}

std::vector<std::pair<std::string, std::string>> clashes(const Json& present,
                                                         const MetadataChanges& changes) {
  std::vector<std::pair<std::string, std::string>> found;
  if (!present.is_object()) return found;
  for (const auto& [key, value] : changes.set) {
    const auto old = present.find(key);
    if (old != present.end() && *old != value) found.emplace_back(key, old->get<std::string>());
  }
  return found;
}

Json metadata_patch(const Json& object, const std::string& field, const MetadataChanges& changes) {
  const Json& present = api::at_path(object, "metadata." + field);
  Json patch = Json::object();
  for (const auto& [key, value] : changes.set) {
    if (!present.is_object() || !present.contains(key) || present.at(key) != value) {
      patch[key] = value;
    }
  }
  for (const std::string& key : changes.removed) {
    if (present.is_object() && present.contains(key)) patch[key] = nullptr;
  }
  if (patch.empty()) return patch;
  return {{"metadata", {{field, std::move(patch)}}}};
}

}  // namespace podrun::client
