#include "supervisor/pod/control_packet.h"

#include <algorithm>
#include <charconv>

namespace podrun::pod {

namespace {

std::vector<std::string> words_of(std::string_view packet) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= packet.size();) {
    const std::size_t end = std::min(packet.find('\0', at), packet.size());
    words.emplace_back(packet.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace

std::optional<ControlRequest> parse_order(std::string_view packet) {
  constexpr std::string_view kTerminate = "terminate";
  if (packet == "kill") return ControlRequest{ControlRequest::Kind::kKill, std::nullopt};
  if (packet == "refresh") return ControlRequest{ControlRequest::Kind::kRefresh, std::nullopt};
  if (packet == "resize") return ControlRequest{ControlRequest::Kind::kResize, std::nullopt};
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
  const std::vector<std::string> words = words_of(packet);
  if (words.size() < 4 || words[0] != "exec" || (words[1] != "tty" && words[1] != "pipes")) {
    return std::nullopt;
  }
  ExecOrder order;
  order.tty = words[1] == "tty";
  order.container = words[2];
  order.command.assign(words.begin() + 3, words.end());
  return order;
}

std::string exec_packet(const ExecOrder& order) {
  std::string packet = std::string("exec") + '\0' + (order.tty ? "tty" : "pipes");
  packet += '\0' + order.container;
  for (const std::string& word : order.command) packet += '\0' + word;
  return packet;
}

std::optional<AttachOrder> parse_attach(std::string_view packet) {
  const std::vector<std::string> words = words_of(packet);
  if (words.size() != 3 || words[0] != "attach" || (words[1] != "input" && words[1] != "output")) {
    return std::nullopt;
  }
  return AttachOrder{words[2], words[1] == "input"};
}

std::string attach_packet(const AttachOrder& order) {
  return std::string("attach") + '\0' + (order.input ? "input" : "output") + '\0' + order.container;
}

}  // namespace podrun::pod
