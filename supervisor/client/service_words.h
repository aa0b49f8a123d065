// Services from a few words, as `create service` makes them. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

struct ServiceWords {
  std::string name;
  std::string type;              // "ClusterIP", "NodePort"
  std::vector<std::string> tcp;  // PORT or PORT:TARGET, several by comma
  std::string cluster_ip;        // "None" makes a headless one, which needs no ports
  std::int64_t node_port = 0;
};
/// It chooses the pods with the label app=NAME. Throws BadInput for what is no port.
Json new_service(const ServiceWords& words);

}  // namespace podrun::client
