#include "rootfs-tools/config.h"

#include "base/error.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/document.h"

namespace podrun::images {

namespace {

ImageConfig read_process(const Json& config, const std::string& what) {
  ImageConfig result;
  result.entrypoint = list_member(config, "Entrypoint", what);
  result.cmd = list_member(config, "Cmd", what);
  result.env = list_member(config, "Env", what);
  result.working_dir = text_member(config, "WorkingDir", what);
  result.user = text_member(config, "User", what);
  result.stop_signal = text_member(config, "StopSignal", what);
  const Json& labels = object_member(config, "Labels", what);
  for (const auto& [key, value] : labels.items()) {
    if (!value.is_string()) throw BadInput(what + ": label " + key + " is not a string");
    result.labels[key] = value.get_ref<const std::string&>();
  }
  const Json& ports = object_member(config, "ExposedPorts", what);
  for (const auto& [port, unused] : ports.items()) result.exposed_ports.push_back(port);
  return result;
}

}  // namespace

Image read_config(std::string_view text, const std::string& what) {
  const Json document = parse_document(text, what);
  Image image;
  image.created = text_member(document, "created", what);
  image.architecture = text_member(document, "architecture", what);
  image.os = text_member(document, "os", what);
  const Json& rootfs = object_member(document, "rootfs", what);
  if (text_member(rootfs, "type", what) != "layers")
    throw BadInput(what + ": not an image configuration (rootfs.type is not \"layers\")");
  image.layers = list_member(rootfs, "diff_ids", what);
  for (const std::string& diff_id : image.layers) digest_hex(diff_id, what + ": diff_ids");
  image.config = read_process(object_member(document, "config", what), what);
  return image;
}

}  // namespace podrun::images
