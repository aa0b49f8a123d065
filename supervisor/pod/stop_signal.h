// The signal that asks a container to end: lifecycle.stopSignal, else the image's STOPSIGNAL, else
// SIGTERM. Pure.
#pragma once

#include <string>

#include "rootfs-tools/image.h"
#include "supervisor/manifest/pod.h"

namespace podrun::pod {

/// "SIGTERM", "TERM", "15", "SIGRTMIN+3"; 0 for what is no signal.
int parse_signal(const std::string& name);

int stop_signal(const manifest::Container& container, const images::ImageConfig& image);

}  // namespace podrun::pod
