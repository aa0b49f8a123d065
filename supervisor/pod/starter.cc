#include "supervisor/pod/starter.h"

#include <string_view>
#include <utility>

#include "base/error.h"
#include "cgroups/device_program.h"

namespace podrun::pod {

namespace {

// The packets' first bytes (docs/run-dir.md).
constexpr char kDeviceProgram = 'D';
constexpr char kNamespaces = 'N';

void send(int control, char what, const std::vector<Fd>& fds) {
  std::vector<int> numbers;
  numbers.reserve(fds.size());
  for (const Fd& fd : fds) numbers.push_back(fd.get());
  send_packet(control, {&what, 1}, numbers);
}

template <typename Make>
std::vector<Fd> make_if_possible(Make make) {
  try {
    return make();
  } catch (const Error&) {
    return {};
  }
}

std::vector<Fd> make_device_program() {
  std::vector<Fd> made;
  made.push_back(cgroups::load_device_program(cgroups::make_device_program(default_devices())));
  return made;
}

}  // namespace

runtime::SandboxNamespaces own_namespaces(const manifest::PodSpec& spec) {
  return {!spec.host_network, !spec.host_ipc, !spec.host_network};
}

std::vector<cgroups::DeviceRule> default_devices() {
  const auto allow = [](std::int64_t major, std::optional<std::int64_t> minor) {
    return cgroups::DeviceRule{true, 'c', major, minor, "rwm"};
  };
  return {{false, 'a', {}, {}, "rwm"},
          {true, 'c', {}, {}, "m"},
          {true, 'b', {}, {}, "m"},
          allow(1, 3),      // null
          allow(1, 5),      // zero
          allow(1, 7),      // full
          allow(1, 8),      // random
          allow(1, 9),      // urandom
          allow(5, 0),      // tty
          allow(5, 2),      // ptmx
          allow(136, {})};  // pts
}

void hand_over(int control, const cgroups::Layout& layout, const manifest::PodSpec& spec) {
  const bool on_v1 = layout.v1_mounts.contains(cgroups::Controller::kDevices);
  send(control, kDeviceProgram, on_v1 ? std::vector<Fd>() : make_if_possible(make_device_program));
  const runtime::SandboxNamespaces kinds = own_namespaces(spec);
  send(control, kNamespaces, make_if_possible([&] { return runtime::make_namespaces(kinds); }));
}

Received Starter::receive(char& word) {
  Packet packet;
  const Received received = receive_packet(control_, packet);
  if (received != Received::kPacket) return received;
  word = packet.text.front();
  received_[word] = std::move(packet.fds);
  return received;
}

bool Starter::wait_for(char what) {
  while (helps_ && !received_.contains(what)) {
    char word = 0;
    if (receive(word) == Received::kEnd) helps_ = false;
  }
  return received_.contains(what);
}

Fd Starter::take_device_program() {
  if (!wait_for(kDeviceProgram) || received_[kDeviceProgram].empty()) return {};
  return std::move(received_[kDeviceProgram].front());
}

void Starter::enter_namespaces(const runtime::SandboxNamespaces& kinds) {
  if (entered_) return;
  if (wait_for(kNamespaces) && !received_[kNamespaces].empty())
    runtime::enter_namespaces(received_[kNamespaces]);
  else
    runtime::enter_new_namespaces(kinds);
  received_.clear();
  helps_ = false;
  entered_ = true;
}

}  // namespace podrun::pod
