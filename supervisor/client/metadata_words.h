// `label` and `annotate`: what KEY=VALUE and KEY- make of an object's labels or annotations. Pure.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

struct MetadataChanges {
  std::map<std::string, std::string> set;
  std::set<std::string> removed;
};

/// The operands of a command: objects, then changes.
struct MetadataWords {
  std::vector<std::string> objects;
  MetadataChanges changes;
};
/// The changes begin at the first word that is one. Throws BadInput; `labels`: values are checked
/// as labels'.
MetadataWords parse_metadata_words(const std::vector<std::string>& words, bool labels);

/// Keys that have another value already.
std::vector<std::pair<std::string, std::string>> clashes(const Json& present,
                                                         const MetadataChanges& changes);

/// A merge patch for metadata.`field`; empty where nothing is to be done.
Json metadata_patch(const Json& object, const std::string& field, const MetadataChanges& changes);

}  // namespace podrun::client
