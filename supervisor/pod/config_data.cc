#include "supervisor/pod/config_data.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace podrun::pod {
using Json = nlohmann::ordered_json;  // as everywhere: podrun-pod carries one JSON, not two

std::string ConfigData::to_json() const {
  // A Secret's value may be any bytes; an environment keeps what is no UTF-8 as U+FFFD.
  return Json{{"configMaps", config_maps}, {"secrets", secrets}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

ConfigData ConfigData::from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    ConfigData data;
    json.at("configMaps").get_to(data.config_maps);
    json.at("secrets").get_to(data.secrets);
    data.provided = true;
    return data;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(std::string("config.json: ") + error.what());
  }
}

}  // namespace podrun::pod
