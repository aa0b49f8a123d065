// An image as the store holds it: what a container needs to know of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace podrun::images {

/// The process part of an image's configuration (OCI image-spec config.md).
struct ImageConfig {
  std::vector<std::string> entrypoint, cmd, env;
  std::string working_dir;
  std::string user;         // "uid", "name", "uid:gid", …
  std::string stop_signal;  // "SIGTERM", "15" or empty
  std::map<std::string, std::string> labels;
  std::vector<std::string> exposed_ports;
};

struct Image {
  std::string id;                   // "sha256:<hex>" of the config blob
  std::vector<std::string> names;   // "docker.io/luksa/kubia:latest"
  std::vector<std::string> layers;  // diff ids, lowest first
  std::uint64_t size = 0;           // bytes of all layers, unpacked
  std::string created;
  std::string architecture, os;
  ImageConfig config;
};

/// "luksa/kubia" to "docker.io/luksa/kubia:latest"; throws BadInput ("couldn't parse image name …:
/// invalid reference format") for what is not a reference.
std::string normalize_reference(const std::string& reference);
/// True where the reference names no tag or the tag "latest" (imagePullPolicy's default is then
/// Always).
bool is_latest(const std::string& reference);

}  // namespace podrun::images
