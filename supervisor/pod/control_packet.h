// What comes over the control socket: the packets' meaning, apart from the socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace podrun::pod {

/// What the supervisor is asked for.
struct ControlRequest {
  enum class Kind { kTerminate, kKill, kRefresh, kResize };
  Kind kind = Kind::kTerminate;
  std::optional<Seconds> grace;  // of kTerminate; nothing: the pod's own
  bool operator==(const ControlRequest&) const = default;
};

/// "terminate", "terminate 30", "kill", "refresh" (volumes.json has changed), "resize" (pod.json
/// has); nothing for anything else.
std::optional<ControlRequest> parse_order(std::string_view packet);

/// "exec", "tty" or "pipes", the container and the command's words, with a NUL between each two:
/// what may stand in an argument may stand here, and podrun-pod needs no further parser.
struct ExecOrder {
  std::string container;
  std::vector<std::string> command;
  bool tty = false;
};
/// Nothing where it is not one.
std::optional<ExecOrder> parse_exec(std::string_view packet);
std::string exec_packet(const ExecOrder& order);

/// "attach", "input" or "output" (whether the client writes, too) and the container, with a NUL
/// between each two.
struct AttachOrder {
  std::string container;
  bool input = false;
};
/// Nothing where it is not one.
std::optional<AttachOrder> parse_attach(std::string_view packet);
std::string attach_packet(const AttachOrder& order);

/// The largest packet that is taken: a command line of some length.
inline constexpr std::size_t kMaxPacket = 128u << 10;

}  // namespace podrun::pod
