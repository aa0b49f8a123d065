// Where things are below a data folder (see store.h).
#pragma once

#include <string>

namespace podrun::images {

inline std::string images_folder(const std::string& data_dir) { return data_dir + "/images"; }
inline std::string index_file(const std::string& data_dir) {
  return images_folder(data_dir) + "/index.json";
}
inline std::string layers_folder(const std::string& data_dir) {
  return images_folder(data_dir) + "/layers/sha256";
}
inline std::string configs_folder(const std::string& data_dir) {
  return images_folder(data_dir) + "/configs/sha256";
}
/// How to rebuild a layer's tar from its folder, byte for byte (tar_recipe.h).
inline std::string recipes_folder(const std::string& data_dir) {
  return images_folder(data_dir) + "/recipes/sha256";
}
/// The lowest layer of every container (store.cc, make_mount_points).
inline std::string mount_points_folder(const std::string& data_dir) {
  return images_folder(data_dir) + "/mount-points";
}
/// Where a container expects its service account's token, below /var/run.
inline constexpr const char* kTokenBelowRun = "/secrets/kubernetes.io/serviceaccount";
/// One more lowest layer, of containers that mount a token: a place for it in `run`, which is
/// "/var/run", or "/run" for images whose /var/run is a link.
inline std::string token_layer(const std::string& data_dir, const std::string& run) {
  return images_folder(data_dir) + (run == "/run" ? "/token-in-run" : "/token-in-var-run");
}
inline std::string tmp_folder(const std::string& data_dir) {
  return images_folder(data_dir) + "/tmp";
}
inline std::string snapshots_folder(const std::string& data_dir) { return data_dir + "/snapshots"; }
inline std::string spares_folder(const std::string& data_dir) { return data_dir + "/spares"; }
/// Held (flock) by whoever changes the store, for the whole change.
inline std::string writer_lock_file(const std::string& data_dir) {
  return images_folder(data_dir) + "/lock";
}
/// Held shared while a snapshot is made, exclusively while layers are taken away.
inline std::string in_use_lock_file(const std::string& data_dir) {
  return images_folder(data_dir) + "/in-use.lock";
}

}  // namespace podrun::images
