// The daemon as a systemd service: the unit file's text.
#pragma once

#include <string>
#include <vector>

namespace podrun::cli {

struct DaemonUnit {
  std::string program;               // absolute: podrun-daemon
  std::vector<std::string> flags;    // of `podrun daemon`, as given
  std::vector<std::string> folders;  // that must be mounted before
  bool loopback_only = true;         // the API's address is one of the machine's own alone
};

/// A unit in the syntax of systemd.service(5).
std::string unit_text(const DaemonUnit& unit);
/// A word of ExecStart=: quoted where it must be, '%' and '$' as they are.
std::string quote_unit_word(const std::string& word);

}  // namespace podrun::cli
