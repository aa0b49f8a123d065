// The ConfigMaps and Secrets that a pod refers to, and what else only an API server knows of it,
// as the daemon last wrote them.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace podrun::pod {

struct ConfigData {
  using Entries = std::map<std::string, std::string>;  // values as the process gets them
  std::map<std::string, Entries> config_maps, secrets;

  std::optional<Entries> labels, annotations;  // the pod's, as they are by now

  // ---- for volumes alone
  std::map<std::string, Entries> binary;  // the ConfigMaps' binaryData
  Entries tokens;                         // by token_key()

  /// Somebody provides them: without a daemon nothing does.
  bool provided = false;

  /// Null where there is none and that may be; else throws Error in kubelet's words.
  const Entries* find(bool secret, const std::string& name, bool optional) const;
  /// The text of config.json and of volumes.json, and back.
  std::string to_json() const;
  [[gnu::cold]] static ConfigData from_json(const std::string& text);
};

/// Tokens for the same audience with the same life are one.
std::string token_key(const std::string& audience, long long seconds);

}  // namespace podrun::pod
