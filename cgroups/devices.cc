#include "cgroups/devices.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>

#include "base/error.h"
#include "cgroups/device_program.h"
#include "cgroups/device_rules.h"
#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kAllow = "devices.allow";
constexpr const char* kDeny = "devices.deny";
constexpr const char* kList = "devices.list";
constexpr const char* kAll = "a";
constexpr std::string_view kListOfAll = "a *:* rwm";

// "c 1:3" to the kinds of access.
using Exceptions = std::map<std::string, std::uint32_t>;

Exceptions exceptions_of(const std::vector<DeviceRule>& rules) {
  Exceptions exceptions;
  for (const DeviceRule& rule : rules)
    exceptions[device_name_text(rule)] |= parse_device_access(rule.access);
  return exceptions;
}

// Lines "c 1:3 rwm" of devices.list.
Exceptions exceptions_of(std::string_view list) {
  Exceptions exceptions;
  for (const std::string_view line : split(list, '\n')) {
    const auto blank = line.rfind(' ');
    if (blank == std::string_view::npos) continue;
    exceptions[std::string(line.substr(0, blank))] |=
        parse_device_access(std::string(line.substr(blank + 1)));
  }
  return exceptions;
}

Exceptions minus(Exceptions from, const Exceptions& what) {
  for (const auto& [device, access] : what)
    if (const auto found = from.find(device); found != from.end()) found->second &= ~access;
  std::erase_if(from, [](const auto& entry) { return entry.second == 0; });
  return from;
}

// v1 takes one rule a write.
void write_each(const Folder& folder, const char* knob, const Exceptions& exceptions) {
  if (exceptions.empty()) return;
  const Fd fd = folder.open_knob(knob, O_WRONLY);
  for (const auto& [device, access] : exceptions) {
    const std::string rule = device + " " + device_access_text(access);
    if (::write(fd.get(), rule.data(), rule.size()) < 0)
      folder.throw_write(knob, rule, errno, "the cgroup above may not allow it");
  }
}

}  // namespace

void attach_devices_v2(const Folder& folder, const Fd& program) {
  try {
    attach_device_program(folder.fd(), program);
  } catch (const Error& error) {
    throw error.within("device rules of " + folder.path());
  }
}

void apply_devices_v2(const Folder& folder, const Limits& limits) {
  if (!limits.devices) return;
  Fd program;
  try {
    program = load_device_program(make_device_program(*limits.devices));
  } catch (const Error& error) {
    throw error.within("device rules of " + folder.path());
  }
  attach_devices_v2(folder, program);
}

void apply_devices_v1(const Folder& folder, const Limits& limits) {
  if (!limits.devices) return;
  const DeviceList target = to_v1_list(*limits.devices);
  const Exceptions wanted = exceptions_of(target.exceptions);
  const std::string list = folder.read(kList);
  const bool allows_others = list.substr(0, kListOfAll.size()) == kListOfAll;
  const std::string hint = folder.children().empty() ? "" : "there are cgroups below it already";
  if (target.allow_others) {
    // The list does not tell which exceptions there are: start anew.
    folder.write(kAllow, kAll, hint);
    write_each(folder, kDeny, wanted);
  } else if (allows_others) {
    folder.write(kDeny, kAll, hint);
    write_each(folder, kAllow, wanted);
  } else {
    // Only the difference, so that a process that runs in it never finds its devices denied.
    const Exceptions present = exceptions_of(list);
    write_each(folder, kAllow, minus(wanted, present));
    write_each(folder, kDeny, minus(present, wanted));
  }
}

}  // namespace podrun::cgroups
