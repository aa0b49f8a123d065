// `podrun taint`'s words, and what they make of a node's taints. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

struct TaintWords {
  std::vector<std::string> objects;  // what stands before
  Json set = Json::array();          // {key, value, effect}
  Json removed = Json::array();      // {key} of every effect, or {key, effect}
};
/// KEY=VALUE:EFFECT, KEY:EFFECT, KEY:EFFECT- and KEY-. Throws BadInput.
TaintWords parse_taint_words(const std::vector<std::string>& words);

struct TaintChange {
  Json taints;       // all that the node has then
  std::string verb;  // "tainted", "untainted", "modified"
};
/// Throws Error where one is set already and `overwrite` does not allow it, or one to go is not
/// there.
TaintChange change_taints(const std::string& node, const Json& present, const TaintWords& words,
                          bool overwrite);

}  // namespace podrun::client
