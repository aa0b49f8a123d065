#include "supervisor/pod/host_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "cgroups/text.h"

namespace podrun::pod {

namespace {

constexpr const char* kLoopback = "127.0.0.1";

/// man 7 netdevice: names, addresses and flags, without a netlink socket.
std::vector<InterfaceAddress> read_addresses() {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::array<ifreq, 64> entries{};
  ifconf list{};
  list.ifc_len = sizeof entries;
  list.ifc_req = entries.data();
  std::vector<InterfaceAddress> addresses;
  if (!socket || ::ioctl(socket.get(), SIOCGIFCONF, &list) != 0) return addresses;
  const auto count = static_cast<std::size_t>(list.ifc_len) / sizeof(ifreq);
  for (std::size_t i = 0; i < count; ++i) {
    ifreq& entry = entries[i];
    sockaddr_in address{};
    std::memcpy(&address, &entry.ifr_addr, sizeof address);
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    const bool known = ::ioctl(socket.get(), SIOCGIFFLAGS, &entry) == 0;
    addresses.push_back({entry.ifr_name, text.data(), known && (entry.ifr_flags & IFF_UP) != 0});
  }
  return addresses;
}

}  // namespace

std::string default_interface(std::string_view routes) {
  enum Field { kInterface, kDestination, kMetric = 6, kMask, kFields };
  constexpr std::string_view kAny = "00000000";
  std::string_view best;
  std::optional<std::uint64_t> least;
  for (const std::string_view line : cgroups::split(routes, '\n')) {
    const auto fields = cgroups::words(line);
    if (fields.size() < kFields || fields[kDestination] != kAny || fields[kMask] != kAny) continue;
    const auto metric = cgroups::parse_u64(fields[kMetric]);
    if (!metric || (least && *metric >= *least)) continue;
    least = metric;
    best = fields[kInterface];
  }
  return std::string(best);
}

std::string choose_host_address(std::string_view routes,
                                const std::vector<InterfaceAddress>& addresses) {
  const std::string interface = default_interface(routes);
  std::string other;
  for (const InterfaceAddress& each : addresses) {
    if (each.address.starts_with("127.")) continue;
    if (each.interface == interface) return each.address;
    if (each.up && other.empty()) other = each.address;
  }
  return other.empty() ? kLoopback : other;
}

std::string host_address() {
  std::string routes;
  try {
    routes = read_file_if_exists("/proc/self/net/route").value_or("");
  } catch (const Error&) {
    routes.clear();  // then any interface will do
  }
  return choose_host_address(routes, read_addresses());
}

}  // namespace podrun::pod
