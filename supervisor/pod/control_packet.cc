#include "supervisor/pod/control_packet.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace podrun::pod {

std::optional<ControlRequest> parse_order(std::string_view packet) {
  constexpr std::string_view kTerminate = "terminate";
  if (packet == "kill") return ControlRequest{ControlRequest::Kind::kKill, std::nullopt};
  if (packet == kTerminate) return ControlRequest{};
  if (!packet.starts_with(kTerminate) || packet[kTerminate.size()] != ' ') return std::nullopt;
  const std::string_view digits = packet.substr(kTerminate.size() + 1);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  // A year is longer than any pod's patience, and far from where nanoseconds overflow.
  constexpr std::int64_t kLongest = 366L * 24 * 3600;
  if (error != std::errc() || end != digits.data() + digits.size() || seconds < 0) {
    return std::nullopt;
  }
  return ControlRequest{ControlRequest::Kind::kTerminate, Seconds(std::min(seconds, kLongest))};
}

std::optional<ExecOrder> parse_exec(std::string_view packet) {
  if (!packet.starts_with('{')) return std::nullopt;
  try {
    const auto json = nlohmann::ordered_json::parse(packet);
    ExecOrder order;
    order.container = json.at("container").get<std::string>();
    order.command = json.at("command").get<std::vector<std::string>>();
    order.tty = json.value("tty", false);
    if (order.command.empty()) return std::nullopt;
    return order;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string exec_packet(const ExecOrder& order) {
  return nlohmann::ordered_json{
      {"container", order.container}, {"command", order.command}, {"tty", order.tty}}
      .dump();
}

}  // namespace podrun::pod
