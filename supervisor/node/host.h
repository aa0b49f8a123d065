// The machine as its Node object describes it: read once, at the start.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "supervisor/pod/node_place.h"

namespace podrun::node {

struct HostFacts {
  std::string name;  // uname's node name, in lower case as a kubelet has it
  std::string kernel, os_image;
  std::string architecture;  // Go's word: "amd64", "arm64"
  std::string machine_id, system_uuid, boot_id;
  std::string address = "127.0.0.1";  // IPv4
  std::int64_t cpus = 1;
  std::int64_t memory_bytes = 0;
  std::int64_t storage_bytes = 0;             // of the file system that holds the data dir
  std::map<std::string, std::string> labels;  // more than a kubelet's, for a new Node
};

/// `place`: of a node that is not the whole machine.
HostFacts read_host(const std::string& data_dir, const pod::NodePlace& place = {});

/// What a kubelet's eviction manager watches.
struct Pressure {
  bool memory = false;  // less than 100 MiB available
  bool disk = false;    // less than 10 % of the data dir's file system, or 5 % of its inodes, free
  bool pids = false;    // less than 10 % of kernel.pid_max free
};
Pressure read_pressure(const std::string& data_dir);

}  // namespace podrun::node
