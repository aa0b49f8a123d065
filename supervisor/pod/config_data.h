// The ConfigMaps and Secrets that a pod's environment refers to, as the daemon last wrote them.
#pragma once

#include <map>
#include <string>

namespace podrun::pod {

struct ConfigData {
  using Entries = std::map<std::string, std::string>;  // values as the process gets them
  std::map<std::string, Entries> config_maps, secrets;
  /// Somebody provides them: without a daemon nothing does.
  bool provided = false;

  /// The text of config.json, and back.
  std::string to_json() const;
  [[gnu::cold]] static ConfigData from_json(const std::string& text);
};

}  // namespace podrun::pod
