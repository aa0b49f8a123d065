#include "supervisor/client/service_words.h"

#include <charconv>

#include "base/error.h"
#include "supervisor/client/resource_words.h"
#include "supervisor/manifest/formats.h"

namespace podrun::client {
namespace {

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

/// A number, or a container port's name.
Json target_port(const std::string& text) {
  if (const auto port = number(text)) return *port;
  const manifest::Problems problems = manifest::check_port_name(text);
  if (!problems.empty()) throw BadInput(problems.front());
  return text;
}

Json port_of(const std::string& word, std::int64_t node_port) {
  const auto colon = word.find(':');
  const std::string first = word.substr(0, colon);
  const auto port = number(first);
  if (!port) throw BadInput("strconv.ParseUint: parsing \"" + first + "\": invalid syntax");
  std::string name = word;
  if (colon != std::string::npos) name[colon] = '-';
  Json made{{"name", name}, {"port", *port}, {"protocol", "TCP"}};
  made["targetPort"] = target_port(colon == std::string::npos ? first : word.substr(colon + 1));
  if (node_port != 0) made["nodePort"] = node_port;
  return made;
}

}  // namespace

Json new_service(const ServiceWords& words) {
  Json ports = Json::array();
  for (const std::string& list : words.tcp) {
    for (const std::string& word : split_words(list)) {
      ports.push_back(port_of(word, words.node_port));
    }
  }
  if (ports.empty() && words.cluster_ip != "None") {
    throw BadInput("at least one tcp port specifier must be provided");
  }
  const Json labels{{"app", words.name}};
  Json spec{{"selector", labels}, {"type", words.type}};
  if (!ports.empty()) spec["ports"] = std::move(ports);
  if (!words.cluster_ip.empty()) spec["clusterIP"] = words.cluster_ip;
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"labels", labels}, {"name", words.name}}},
          {"spec", std::move(spec)},
          {"status", {{"loadBalancer", Json::object()}}}};
}

}  // namespace podrun::client
