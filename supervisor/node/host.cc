#include "supervisor/node/host.h"

#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/files.h"
#include "base/text.h"
#include "supervisor/pod/host_address.h"

namespace podrun::node {
namespace {

std::string first_line(const std::string& path) {
  std::string text;
  try {
    text = read_file_if_exists(path).value_or("");
  } catch (const std::exception&) {
    return "";  // it describes the machine: nothing depends on it
  }
  return text.substr(0, text.find('\n'));
}

/// The value of PRETTY_NAME="…" (man 5 os-release).
std::string os_image() {
  const std::string text = read_file_if_exists("/etc/os-release").value_or("");
  const std::string key = "PRETTY_NAME=";
  std::size_t at = text.rfind(key, 0) == 0 ? 0 : text.find("\n" + key);
  if (at == std::string::npos) return "Linux";
  at = text.find('=', at) + 1;
  std::string value = text.substr(at, text.find('\n', at) - at);
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
    value = value.substr(1, value.size() - 2);
  }
  return value;
}

std::string go_architecture(const std::string& machine) {
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (machine == "ppc64le" || machine == "s390x" || machine == "riscv64") return machine;
  return machine.starts_with("arm") ? "arm" : machine.starts_with("i") ? "386" : machine;
}

/// The data dir may not be there yet: its nearest folder that is.
bool file_system(std::string path, struct statvfs& status) {
  while (::statvfs(path.c_str(), &status) != 0) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos || path == "/") return false;
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
  return true;
}

/// A figure of /proc/meminfo, in bytes; -1 where it is not there.
std::int64_t memory_figure(const std::string& name) {
  const std::string text = read_file_if_exists("/proc/meminfo").value_or("");
  const std::size_t at = text.find(name + ":");
  if (at == std::string::npos) return -1;
  return std::strtoll(text.c_str() + at + name.size() + 1, nullptr, 10) * 1024;
}

}  // namespace

HostFacts read_host(const std::string& data_dir, const pod::NodePlace& place) {
  HostFacts host;
  utsname names{};
  ::uname(&names);
  host.name = place.name.empty() ? lowercase(names.nodename) : place.name;
  host.kernel = names.release;
  host.architecture = go_architecture(names.machine);
  host.os_image = os_image();
  host.machine_id = first_line("/etc/machine-id");
  host.boot_id = first_line("/proc/sys/kernel/random/boot_id");
  host.system_uuid = first_line("/sys/class/dmi/id/product_uuid");
  if (host.system_uuid.empty()) host.system_uuid = host.machine_id;
  host.address = pod::host_address();
  host.cpus = place.cpus > 0 ? place.cpus : std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN));
  host.memory_bytes = place.memory_bytes > 0 ? place.memory_bytes
                                             : std::max<std::int64_t>(0, memory_figure("MemTotal"));
  struct statvfs status {};
  if (file_system(data_dir, status)) {
    host.storage_bytes = static_cast<std::int64_t>(status.f_blocks * status.f_frsize);
  }
  return host;
}

Pressure read_pressure(const std::string& data_dir) {
  Pressure pressure;
  const std::int64_t available = memory_figure("MemAvailable");
  pressure.memory = available >= 0 && available < (100LL << 20);
  struct statvfs status {};
  if (file_system(data_dir, status)) {
    pressure.disk = status.f_bavail * 10 < status.f_blocks ||
                    (status.f_files > 0 && status.f_favail * 20 < status.f_files);
  }
  struct sysinfo info {};
  const long pid_max = std::strtol(first_line("/proc/sys/kernel/pid_max").c_str(), nullptr, 10);
  if (::sysinfo(&info) == 0 && pid_max > 0) pressure.pids = info.procs * 10L > pid_max * 9L;
  return pressure;
}

}  // namespace podrun::node
