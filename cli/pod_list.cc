#include "cli/pod_list.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/duration.h"
#include "base/error.h"
#include "base/files.h"
#include "cli/roots.h"
#include "cli/text_table.h"
#include "supervisor/manifest/json.h"
#include "supervisor/pod/cleanup.h"

namespace podrun::cli {
namespace {

using Json = nlohmann::ordered_json;

Json read_json(const std::string& path) {
  const auto text = read_file_if_exists(path);
  return text ? Json::parse(*text, nullptr, false) : Json(Json::value_t::discarded);
}

std::optional<ListedPod> read_pod(const pod::Roots& roots, const std::string& folder) {
  const auto record = pod::read_supervisor_record(folder);
  if (!record || !pod::is_alive(*record)) return std::nullopt;
  const Json manifest = read_json(folder + "/pod.json");
  if (!manifest.is_object()) return std::nullopt;
  ListedPod listed{manifest::pod_from_json(manifest), {}, {}, roots};
  const Json status = read_json(folder + "/status.json");
  if (status.is_object()) {
    listed.status = pod::pod_status_from_json(status);
  } else {
    listed.status.phase = "Pending";
  }
  listed.row = pod::summarize(listed.pod.spec, listed.status, false);
  return listed;
}

std::string restarts_text(const pod::Summary& row, WallTime now) {
  std::string text = std::to_string(row.restarts);
  if (row.restarts > 0 && row.last_restart) {
    text += " (" + human_duration(now - *row.last_restart) + " ago)";
  }
  return text;
}

std::string or_none(const std::string& text) { return text.empty() ? "<none>" : text; }

std::string age_text(const std::string& created, WallTime now) {
  try {
    return human_duration(now - parse_rfc3339(created));
  } catch (const BadInput&) {
    return "<unknown>";
  }
}

std::string pods_json(const std::vector<ListedPod>& pods) {
  Json items = Json::array();
  for (const ListedPod& listed : pods) {
    Json item = manifest::to_json(listed.pod);
    item["status"] = pod::to_json(listed.status);
    items.push_back(std::move(item));
  }
  return Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}}.dump(4) + "\n";
}

}  // namespace

std::vector<pod::Roots> roots_of_nodes(const pod::Roots& roots) {
  std::vector<pod::Roots> all{roots};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(roots.run_dir + "/nodes", error)) {
    const std::string below = "/nodes/" + entry.path().filename().string();
    all.push_back({roots.data_dir + below, roots.run_dir + below, roots.log_dir + below});
  }
  return all;
}

std::vector<ListedPod> list_pods(const pod::Roots& machine) {
  std::vector<ListedPod> pods;
  for (const pod::Roots& roots : roots_of_nodes(machine)) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(roots.run_dir + "/pods", error)) {
      if (entry.path().filename().string().starts_with(".")) continue;
      if (auto listed = read_pod(roots, entry.path().string())) pods.push_back(std::move(*listed));
    }
  }
  std::sort(pods.begin(), pods.end(), [](const ListedPod& a, const ListedPod& b) {
    return std::tie(a.pod.metadata.namespace_, a.pod.metadata.name, a.pod.metadata.uid) <
           std::tie(b.pod.metadata.namespace_, b.pod.metadata.name, b.pod.metadata.uid);
  });
  return pods;
}

std::string pod_table(const std::vector<ListedPod>& pods, bool wide, WallTime now) {
  std::vector<std::vector<std::string>> rows{
      {"NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE"}};
  if (wide) rows.front().insert(rows.front().end(), {"IP", "NODE", "UID"});
  for (const ListedPod& listed : pods) {
    const manifest::ObjectMeta& meta = listed.pod.metadata;
    std::vector<std::string> row{
        meta.namespace_,
        meta.name,
        std::to_string(listed.row.ready) + "/" + std::to_string(listed.row.total),
        listed.row.status,
        restarts_text(listed.row, now),
        age_text(meta.creation_timestamp, now)};
    if (wide) {
      row.insert(row.end(),
                 {or_none(listed.status.pod_ip), or_none(listed.pod.spec.node_name), meta.uid});
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

int show_pods(const Arguments& arguments) {
  const auto pods = list_pods(roots_of(arguments));
  const std::string form = arguments.value("output");
  std::string text;
  if (form == "json") {
    text = pods_json(pods);
  } else if (form == "name") {
    for (const ListedPod& listed : pods) text += listed.pod.metadata.name + "\n";
  } else if (!pods.empty()) {
    text = pod_table(pods, form == "wide", SystemClock().wall());
  }
  write_all(STDOUT_FILENO, text, "standard output");
  if (text.empty() && form == "table") {
    write_all(STDERR_FILENO, "No pods are running.\n", "standard error");
  }
  return 0;
}

const ListedPod& find_pod(const std::vector<ListedPod>& pods, const std::string& word) {
  const ListedPod* found = nullptr;
  for (const ListedPod& listed : pods) {
    const manifest::ObjectMeta& meta = listed.pod.metadata;
    const bool is_uid = word.size() >= 4 && meta.uid.starts_with(word);
    if (word != meta.name && word != meta.namespace_ + "/" + meta.name && !is_uid) continue;
    if (found != nullptr) {
      throw BadInput("several pods are named \"" + word + "\"",
                     "give the start of a uid: \"podrun ps -o wide\" shows them");
    }
    found = &listed;
  }
  if (found == nullptr) throw BadInput("pods \"" + word + "\" not found");
  return *found;
}

}  // namespace podrun::cli
