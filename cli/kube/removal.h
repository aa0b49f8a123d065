// Deleting objects, and waiting until they are gone.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/kube/targets.h"

namespace podrun::kube {

struct Removal {
  std::string propagation;  // "Background", "Foreground", "Orphan"; empty: the server's own
  std::optional<std::int64_t> grace_seconds;
  bool dry = false;
};
/// Returns the uid of what is going, or "" where the server does not tell.
std::string remove(Session& session, const Target& target, const Removal& removal);

/// Until no object of that uid is there ("": none of the name). Throws client::TimedOut.
void await_removal(Session& session, const Target& target, const std::string& uid,
                   std::optional<Moment> deadline);

/// Both, in the background manner; nothing where there is no such object.
void remove_and_wait(Session& session, const Target& target, const Removal& removal = {},
                     std::optional<Moment> deadline = std::nullopt);

/// `pod "web" deleted from default namespace`, as a line.
std::string removed_line(const Target& target, const std::string& verb,
                         const std::string& suffix = "");

/// --timeout as a moment; nothing for 0s.
std::optional<Moment> deadline_of(const Arguments& arguments);
/// --cascade as the API says it.
std::string propagation_of(const std::string& cascade);

}  // namespace podrun::kube
