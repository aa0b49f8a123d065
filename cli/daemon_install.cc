#include "cli/daemon_install.h"

#include <unistd.h>

#include <cstdio>

#include "base/error.h"
#include "base/files.h"
#include "base/run_program.h"
#include "base/text.h"
#include "cli/daemon_unit.h"
#include "cli/roots.h"
#include "supervisor/pod/spawn.h"

namespace podrun::cli {
namespace {

constexpr const char* kUnit = "podrun.service";
// sd_booted(3)
constexpr const char* kSystemdRuns = "/run/systemd/system";

/// Flags of `podrun daemon` that were given, in words for its command line.
std::vector<std::string> daemon_flags(const Arguments& arguments) {
  std::vector<std::string> words;
  for (const Flag& flag : find_command(*arguments.path.front(), {"daemon"}).back()->flags) {
    if (!arguments.has(flag.name)) continue;
    words.push_back("--" + std::string(flag.name));
    if (flag.value.empty()) continue;
    const std::string value = arguments.value(flag.name);
    const bool is_path = flag.kind == ValueKind::kFolder || flag.kind == ValueKind::kFile;
    words.push_back(is_path ? absolute(value) : value);
  }
  return words;
}

void systemctl(std::vector<std::string> words) {
  words.insert(words.begin(), "systemctl");
  if (run_program(words) != ExitStatus())
    throw Error(joined(words, " ") + " failed", 0, "`journalctl -u podrun` tells more");
}

bool systemd_runs() { return ::access(kSystemdRuns, F_OK) == 0; }

std::string unit_path(const Arguments& arguments) {
  return absolute(arguments.value("unit-dir")) + "/" + kUnit;
}

void need_root(const char* command) {
  if (::geteuid() != 0) throw Error(std::string("podrun daemon ") + command + " needs root");
}

}  // namespace

int install_daemon(const Arguments& arguments) {
  const pod::Roots roots = roots_of(arguments);
  const std::string address = arguments.value("address");
  const std::string text =
      unit_text({pod::find_program("podrun-daemon"),
                 daemon_flags(arguments),
                 {roots.data_dir, roots.log_dir},
                 address.starts_with("127.") || address == "::1" || address == "localhost"});
  if (arguments.has("print")) {
    std::fputs(text.c_str(), stdout);
    return 0;
  }
  need_root("install");
  if (arguments.has("now") && !systemd_runs())
    throw Error("systemd does not run here", 0, "without --now the unit is only written");
  make_dirs(absolute(arguments.value("unit-dir")));
  replace_file(unit_path(arguments), text, 0644);
  std::printf("wrote %s\n", unit_path(arguments).c_str());
  if (!systemd_runs()) {
    std::printf("systemd does not run here: `systemctl enable --now podrun` once it does\n");
    return 0;
  }
  systemctl({"daemon-reload"});
  if (arguments.has("now")) {
    // A running one starts anew, with the unit's words; its pods go on.
    systemctl({"enable", kUnit});
    systemctl({"restart", kUnit});
    std::printf("podrun serves; `podrun kubectl get nodes`\n");
  } else {
    std::printf("`systemctl enable --now podrun` starts it, now and at each boot\n");
  }
  return 0;
}

int uninstall_daemon(const Arguments& arguments) {
  need_root("uninstall");
  const std::string path = unit_path(arguments);
  if (::access(path.c_str(), F_OK) != 0) throw Error("no " + path, 0, "nothing was changed");
  if (systemd_runs()) systemctl({"disable", "--now", kUnit});
  if (::unlink(path.c_str()) != 0) throw_errno("remove " + path);
  if (systemd_runs()) systemctl({"daemon-reload"});
  std::printf("removed %s; pods that run go on, and all data stays\n", path.c_str());
  return 0;
}

}  // namespace podrun::cli
