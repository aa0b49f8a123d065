#include "cli/version.h"

#include <sys/utsname.h>

#include <nlohmann/json.hpp>

namespace podrun::cli {

namespace {

/// Go's name, as in images and Kubernetes, of what uname calls the machine.
std::string architecture(const std::string& machine) {
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  return machine;
}

}  // namespace

std::string version() { return PODRUN_VERSION; }

std::string version_text(bool json) {
  utsname machine{};
  ::uname(&machine);
  const std::string platform = std::string("linux/") + architecture(machine.machine);
  if (!json) return std::string("podrun ") + PODRUN_VERSION + " (" + platform + ")\n";
  const nlohmann::ordered_json object{{"version", PODRUN_VERSION},
                                      {"platform", platform},
                                      {"compiler", PODRUN_COMPILER},
                                      {"buildType", PODRUN_BUILD_TYPE},
                                      {"kernel", machine.release}};
  return object.dump(2) + "\n";
}

}  // namespace podrun::cli
