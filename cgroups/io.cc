#include "cgroups/io.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kMaxV2 = "io.max";

// One limit: its key in io.max, its file on v1, its place in IoMax.
struct Knob {
  const char* key_v2;
  const char* file_v1;
  std::optional<std::uint64_t> IoMax::*value;
};
constexpr Knob kKnobs[] = {
    {"rbps", "blkio.throttle.read_bps_device", &IoMax::read_bps},
    {"wbps", "blkio.throttle.write_bps_device", &IoMax::write_bps},
    {"riops", "blkio.throttle.read_iops_device", &IoMax::read_iops},
    {"wiops", "blkio.throttle.write_iops_device", &IoMax::write_iops},
};

constexpr const char* kHint = "is there such a block device, and is it not a partition?";

std::string device_text(const IoMax& limit) {
  return std::to_string(limit.major) + ":" + std::to_string(limit.minor);
}

}  // namespace

std::string io_max_text(const IoMax& limit) {
  std::string text = device_text(limit);
  for (const Knob& knob : kKnobs)
    if (const auto& value = limit.*knob.value)
      text += std::string(" ") + knob.key_v2 + "=" + std::to_string(*value);
  return text;
}

void apply_io_v2(const Folder& folder, const Limits& limits) {
  for (const IoMax& limit : limits.io_max) folder.write(kMaxV2, io_max_text(limit), kHint);
}

void apply_io_v1(const Folder& folder, const Limits& limits) {
  for (const IoMax& limit : limits.io_max)
    for (const Knob& knob : kKnobs)
      if (const auto& value = limit.*knob.value)
        folder.write(knob.file_v1, device_text(limit) + " " + std::to_string(*value), kHint);
}

}  // namespace podrun::cgroups
