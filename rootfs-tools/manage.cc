#include "rootfs-tools/manage.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/lock.h"
#include "rootfs-tools/paths.h"
#include "rootfs-tools/resolve.h"
#include "rootfs-tools/snapshots.h"
#include "rootfs-tools/store.h"
#include "rootfs-tools/store_change.h"

namespace podrun::images {

namespace {

std::string user_of(const std::string& data_dir, const std::string& image_id) {
  for (const SnapshotUse& use : snapshots_in_use(data_dir)) {
    if (use.image_id == image_id) return use.container_id;
  }
  return "";
}

void list_deleted(const std::vector<std::string>& ids, std::vector<std::string>& lines) {
  for (const std::string& id : ids) lines.push_back("Deleted: " + id);
}

/// Takes names from an image; true where the image itself has to go too.
bool untag(IndexEntry& entry, const std::string& reference, bool force, const std::string& user,
           std::vector<std::string>& lines) {
  const bool by_id = is_by_id(entry, reference);
  const bool last = entry.names.size() <= 1;
  if (by_id && !last && !force)
    throw Error("image " + entry.id + " has several names", 0, "use --force, or remove each name");
  if ((by_id || last) && !user.empty() && !force)
    throw Error("image " + reference + " is in use by container " + user, 0,
                "--force takes its name away");
  const std::vector<std::string> names =
      by_id ? entry.names : std::vector<std::string>{normalize_reference(reference)};
  for (const std::string& name : names) {
    lines.push_back("Untagged: " + name);
    std::erase(entry.names, name);
  }
  return entry.names.empty() && user.empty();
}

}  // namespace

void tag(const std::string& data_dir, const std::string& reference, const std::string& new_name) {
  const Store store(data_dir);
  const std::string name = normalize_reference(new_name);
  StoreChange change(data_dir);
  IndexEntry image = change.require(reference);
  image.names = {name};
  change.add_image(image);
  change.commit();
}

std::vector<std::string> remove_image(const std::string& data_dir, const std::string& reference,
                                      bool force) {
  const Store store(data_dir);
  StoreChange change(data_dir);
  std::vector<std::string> lines;
  // No snapshot is made between the look at the snapshots and the layers' going.
  const Fd hold = lock_exclusive(in_use_lock_file(data_dir));
  IndexEntry& entry = change.require(reference);
  const std::string id = entry.id;
  const bool whole = untag(entry, reference, force, user_of(data_dir, id), lines);
  if (whole) {
    std::erase_if(change.entries(), [&](const IndexEntry& other) { return other.id == id; });
    lines.push_back("Deleted: " + id);
  }
  change.commit();
  if (whole) list_deleted(change.take_unused_away(), lines);
  return lines;
}

PruneResult prune(const std::string& data_dir, bool all) {
  const Store store(data_dir);
  StoreChange change(data_dir);
  PruneResult result;
  const Fd hold = lock_exclusive(in_use_lock_file(data_dir));
  std::set<std::string> used;
  for (const SnapshotUse& use : snapshots_in_use(data_dir)) used.insert(use.image_id);
  std::vector<std::string> gone;
  std::erase_if(change.entries(), [&](const IndexEntry& entry) {
    if (used.contains(entry.id) || (!all && !entry.names.empty())) return false;
    for (const std::string& name : entry.names) result.lines.push_back("Untagged: " + name);
    gone.push_back(entry.id);
    return true;
  });
  change.commit();
  list_deleted(gone, result.lines);
  list_deleted(change.take_unused_away(), result.lines);
  result.reclaimed = change.bytes_to_remove();
  return result;
}

nlohmann::ordered_json inspect(const Image& image) {
  Json config;
  config["Entrypoint"] = image.config.entrypoint;
  config["Cmd"] = image.config.cmd;
  config["Env"] = image.config.env;
  config["WorkingDir"] = image.config.working_dir;
  config["User"] = image.config.user;
  if (!image.config.stop_signal.empty()) config["StopSignal"] = image.config.stop_signal;
  config["Labels"] = image.config.labels;
  config["ExposedPorts"] = Json::object();
  for (const std::string& port : image.config.exposed_ports) {
    config["ExposedPorts"][port] = Json::object();
  }
  Json document;
  document["Id"] = image.id;
  document["RepoTags"] = image.names;
  document["Created"] = image.created;
  document["Architecture"] = image.architecture;
  document["Os"] = image.os;
  document["Size"] = image.size;
  document["Config"] = std::move(config);
  document["RootFS"] = {{"Type", "layers"}, {"Layers", image.layers}};
  return document;
}

}  // namespace podrun::images
