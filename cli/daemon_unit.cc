#include "cli/daemon_unit.h"

#include <algorithm>

namespace podrun::cli {

std::string quote_unit_word(const std::string& word) {
  std::string quoted;
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_./:=+,@%$").find(c) != std::string_view::npos;
  });
  for (const char c : word) {
    if (c == '%' || c == '$') quoted += c;
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return plain ? quoted : "\"" + quoted + "\"";
}

// Pods live in cgroups of their own beside the service's, and are the daemon's children: whatever
// works by seccomp, capabilities or mounts would hold for containers, too, and is left out.
std::string unit_text(const DaemonUnit& unit) {
  std::string command = quote_unit_word(unit.program) + " daemon";
  for (const std::string& flag : unit.flags) command += " " + quote_unit_word(flag);
  std::string folders;
  for (const std::string& folder : unit.folders) folders += " " + quote_unit_word(folder);
  std::string text =
      "# Written by `podrun daemon install`; `systemctl edit podrun` changes it.\n"
      "[Unit]\n"
      "Description=podrun: the pods of this machine and its Kubernetes API\n"
      "Documentation=man:podrun-daemon(1)\n"
      "After=network.target\n"
      "RequiresMountsFor=" +
      folders.substr(1) +
      "\n"
      "StartLimitIntervalSec=0\n"
      "\n"
      "[Service]\n"
      "Type=notify\n"
      "ExecStart=" +
      command +
      "\n"
      "# Pods outlive the daemon: only itself is ended, and the cgroups below it are its own "
      "affair.\n"
      "KillMode=process\n"
      "Delegate=yes\n"
      "Restart=always\n"
      "RestartSec=1\n"
      "TimeoutStopSec=30\n"
      "OOMPolicy=continue\n"
      "OOMScoreAdjust=-999\n"
      "LimitNOFILE=1048576\n"
      "LimitNPROC=infinity\n"
      "TasksMax=infinity\n"
      "\n"
      "# Only what containers do not inherit: seccomp, capabilities and mounts would be theirs, "
      "too.\n"
      "KeyringMode=private\n"
      "DevicePolicy=closed\n";
  if (unit.loopback_only)
    text +=
        "IPAddressDeny=any\n"
        "IPAddressAllow=localhost\n";
  return text +
         "\n"
         "[Install]\n"
         "WantedBy=multi-user.target\n";
}

}  // namespace podrun::cli
