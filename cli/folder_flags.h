// Flags that say where podrun keeps things: most commands have them.
#pragma once

#include "cli/table.h"

namespace podrun::cli {

inline constexpr Flag kDataDir{.name = "data-dir",
                               .kind = ValueKind::kFolder,
                               .value = "DIR",
                               .help = "images and writable layers",
                               .fallback = "/var/lib/podrun"};
inline constexpr Flag kRunDir{.name = "run-dir",
                              .kind = ValueKind::kFolder,
                              .value = "DIR",
                              .help = "state of running pods",
                              .fallback = "/run/podrun"};
inline constexpr Flag kLogDir{.name = "log-dir",
                              .kind = ValueKind::kFolder,
                              .value = "DIR",
                              .help = "logs of containers",
                              .fallback = "/var/log/pods"};

}  // namespace podrun::cli
