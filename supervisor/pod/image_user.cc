#include "supervisor/pod/image_user.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"

namespace podrun::pod {

namespace {

constexpr std::size_t kDatabaseLimit = 1u << 20;

std::string read_inside(int rootfs_fd, const std::string& path) {
  try {
    // O_NONBLOCK: a hostile image may have a FIFO there.
    const Fd fd = open_in_root(rootfs_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return read_all(fd.get(), kDatabaseLimit);
  } catch (const Error&) {
    return "";
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct PasswdEntry {
  std::string name, home;
  uid_t uid;
  gid_t gid;
};

template <typename Match>
std::optional<PasswdEntry> find_passwd(const std::string& passwd, Match match) {
  for (const auto line : split(passwd, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 6) continue;
    const auto uid = number(fields[2]);
    const auto gid = number(fields[3]);
    if (!uid || !gid) continue;
    PasswdEntry entry{std::string(fields[0]), std::string(fields[5]), *uid, *gid};
    if (match(entry)) return entry;
  }
  return std::nullopt;
}

gid_t find_group(const std::string& group, std::string_view name) {
  if (const auto gid = number(name)) return *gid;
  for (const auto line : split(group, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 3 || fields[0] != name) continue;
    if (const auto gid = number(fields[2])) return *gid;
  }
  throw Error("find group \"" + std::string(name) + "\" in the image's /etc/group", 0,
              "no such group");
}

void add_memberships(const std::string& group, const std::string& user,
                     std::vector<gid_t>& groups) {
  for (const auto line : split(group, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 4) continue;
    const auto members = split(fields[3], ',');
    if (std::find(members.begin(), members.end(), user) == members.end()) continue;
    if (const auto gid = number(fields[2])) groups.push_back(*gid);
  }
}

// kubelet's verifyRunAsNonRoot (pkg/kubelet/kuberuntime/security_context.go).
void verify_non_root(bool required, std::optional<std::int64_t> run_as_user,
                     const std::string& image_user, uid_t uid) {
  if (!required) return;
  if (run_as_user) {
    if (*run_as_user == 0) throw Error("container's runAsUser breaks non-root policy");
    return;
  }
  const std::string_view name = split(image_user, ':')[0];
  if (!name.empty() && !number(name)) {
    throw Error("container has runAsNonRoot and image has non-numeric user (" + std::string(name) +
                "), cannot verify user is non-root");
  }
  if (uid == 0) throw Error("container has runAsNonRoot and image will run as root");
}

}  // namespace

UserDatabase read_user_database(int rootfs_fd) {
  return {read_inside(rootfs_fd, "/etc/passwd"), read_inside(rootfs_fd, "/etc/group")};
}

ResolvedUser resolve_user(const manifest::PodSpec& pod, const manifest::Container& container,
                          const std::string& image_user, const UserDatabase& database) {
  const manifest::PodSecurityContext pod_context =
      pod.security_context.value_or(manifest::PodSecurityContext{});
  const manifest::SecurityContext own =
      container.security_context.value_or(manifest::SecurityContext{});
  const auto run_as_user = own.run_as_user ? own.run_as_user : pod_context.run_as_user;
  const auto run_as_group = own.run_as_group ? own.run_as_group : pod_context.run_as_group;
  const bool non_root = own.run_as_non_root.value_or(pod_context.run_as_non_root.value_or(false));

  const auto image_parts = split(image_user, ':');
  const std::string wanted =
      run_as_user ? std::to_string(*run_as_user) : std::string(image_parts[0]);
  const auto wanted_uid = wanted.empty() ? std::optional<std::uint32_t>(0) : number(wanted);
  const auto entry = find_passwd(database.passwd, [&](const PasswdEntry& candidate) {
    return wanted_uid ? candidate.uid == *wanted_uid : candidate.name == wanted;
  });
  if (!wanted_uid && !entry) {
    throw Error("find user \"" + wanted + "\" in the image's /etc/passwd", 0, "no such user");
  }

  ResolvedUser resolved;
  resolved.home = entry && !entry->home.empty() ? entry->home : "/";
  resolved.user.uid = wanted_uid ? *wanted_uid : entry->uid;
  resolved.user.gid = entry ? entry->gid : 0;
  if (run_as_group) {
    resolved.user.gid = static_cast<gid_t>(*run_as_group);
  } else if (!run_as_user && image_parts.size() > 1 && !image_parts[1].empty()) {
    resolved.user.gid = find_group(database.group, image_parts[1]);
  }
  verify_non_root(non_root, run_as_user, image_user, resolved.user.uid);

  auto& groups = resolved.user.additional_gids;
  if (entry) add_memberships(database.group, entry->name, groups);
  for (const std::int64_t gid : pod_context.supplemental_groups)
    groups.push_back(static_cast<gid_t>(gid));
  if (pod_context.fs_group) groups.push_back(static_cast<gid_t>(*pod_context.fs_group));
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return resolved;
}

}  // namespace podrun::pod
