#include "runtime/sysctl.h"

#include <algorithm>

#include "base/error.h"

namespace podrun::runtime {

std::optional<NamespaceType> sysctl_namespace(const std::string& name) {
  std::string dotted = name;
  if (const auto first = dotted.find_first_of("./"); first != std::string::npos)
    if (dotted[first] == '/') std::replace(dotted.begin(), dotted.end(), '/', '.');
  // man 7 ipc_namespaces, man 7 uts_namespaces.
  static const char* const ipc[] = {"kernel.msgmax", "kernel.msgmnb",         "kernel.msgmni",
                                    "kernel.sem",    "kernel.shmall",         "kernel.shmmax",
                                    "kernel.shmmni", "kernel.shm_rmid_forced"};
  for (const char* known : ipc)
    if (dotted == known) return NamespaceType::kIpc;
  if (dotted.rfind("fs.mqueue.", 0) == 0) return NamespaceType::kIpc;
  if (dotted.rfind("net.", 0) == 0) return NamespaceType::kNetwork;
  if (dotted == "kernel.domainname") return NamespaceType::kUts;
  return std::nullopt;
}

std::string sysctl_path(const std::string& name) {
  std::string path = name;
  if (const auto first = path.find_first_of("./"); first == std::string::npos || path[first] == '.')
    for (char& letter : path)  // '.' and '/' trade places: man 8 sysctl
      letter = letter == '.' ? '/' : letter == '/' ? '.' : letter;
  const std::string framed = "/" + path + "/";
  if (path.empty() || framed.find("//") != std::string::npos ||
      framed.find("/../") != std::string::npos || framed.find("/./") != std::string::npos ||
      path.find('\0') != std::string::npos)
    throw BadInput("sysctl \"" + name + "\" is not a valid name");
  return path;
}

}  // namespace podrun::runtime
