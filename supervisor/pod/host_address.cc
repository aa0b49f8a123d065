#include "supervisor/pod/host_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <limits>
#include <sstream>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"

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
  std::istringstream lines{std::string(routes)};
  std::string line, best;
  unsigned long least = std::numeric_limits<unsigned long>::max();
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string interface, destination, gateway, flags, used, uses, mask;
    unsigned long metric = 0;
    if (!(fields >> interface >> destination >> gateway >> flags >> used >> uses >> metric >> mask))
      continue;  // the head line
    if (destination != "00000000" || mask != "00000000" || metric >= least) continue;
    least = metric;
    best = interface;
  }
  return best;
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
